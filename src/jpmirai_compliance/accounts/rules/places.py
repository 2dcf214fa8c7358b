"""Prefectures, industries and sizes to choose from, in Japanese and English."""

from collections.abc import Mapping

from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles.model import MemberKind

_PREFECTURES = """北海道 Hokkaido|青森県 Aomori|岩手県 Iwate|宮城県 Miyagi
秋田県 Akita|山形県 Yamagata|福島県 Fukushima|茨城県 Ibaraki
栃木県 Tochigi|群馬県 Gunma|埼玉県 Saitama|千葉県 Chiba
東京都 Tokyo|神奈川県 Kanagawa|新潟県 Niigata|富山県 Toyama
石川県 Ishikawa|福井県 Fukui|山梨県 Yamanashi|長野県 Nagano
岐阜県 Gifu|静岡県 Shizuoka|愛知県 Aichi|三重県 Mie
滋賀県 Shiga|京都府 Kyoto|大阪府 Osaka|兵庫県 Hyogo
奈良県 Nara|和歌山県 Wakayama|鳥取県 Tottori|島根県 Shimane
岡山県 Okayama|広島県 Hiroshima|山口県 Yamaguchi|徳島県 Tokushima
香川県 Kagawa|愛媛県 Ehime|高知県 Kochi|福岡県 Fukuoka
佐賀県 Saga|長崎県 Nagasaki|熊本県 Kumamoto|大分県 Oita
宮崎県 Miyazaki|鹿児島県 Kagoshima|沖縄県 Okinawa"""
ABROAD = "99"


def _both(ja: str, en: str) -> Localized:
    return Localized({"ja": ja, "en": en})


#: Code of JIS X 0401 to name; 99 is outside Japan.
PREFECTURES: Mapping[str, Localized] = {
    f"{number:02d}": _both(*pair.split(" "))
    for number, pair in enumerate(_PREFECTURES.replace("\n", "|").split("|"), start=1)
} | {ABROAD: _both("海外", "Outside Japan")}

#: Letter of the Japan Standard Industrial Classification (divisions) to name.
SECTORS: Mapping[str, Localized] = {
    "A": _both("農業，林業", "Agriculture and forestry"),
    "B": _both("漁業", "Fisheries"),
    "C": _both("鉱業，採石業，砂利採取業", "Mining and quarrying of stone and gravel"),
    "D": _both("建設業", "Construction"),
    "E": _both("製造業", "Manufacturing"),
    "F": _both("電気・ガス・熱供給・水道業", "Electricity, gas, heat supply and water"),
    "G": _both("情報通信業", "Information and communications"),
    "H": _both("運輸業，郵便業", "Transport and postal services"),
    "I": _both("卸売業，小売業", "Wholesale and retail trade"),
    "J": _both("金融業，保険業", "Finance and insurance"),
    "K": _both("不動産業，物品賃貸業", "Real estate and goods rental and leasing"),
    "L": _both(
        "学術研究，専門・技術サービス業",
        "Scientific research, professional and technical services",
    ),
    "M": _both("宿泊業，飲食サービス業", "Accommodations, eating and drinking services"),
    "N": _both(
        "生活関連サービス業，娯楽業", "Living-related and personal services and amusement services"
    ),
    "O": _both("教育，学習支援業", "Education, learning support"),
    "P": _both("医療，福祉", "Medical, health care and welfare"),
    "Q": _both("複合サービス事業", "Compound services"),
    "R": _both("サービス業（他に分類されないもの）", "Services, not elsewhere classified"),
    "S": _both("公務（他に分類されるものを除く）", "Government, except elsewhere classified"),
    "T": _both("分類不能の産業", "Industries unable to classify"),
}

KINDS: Mapping[MemberKind, Text] = {
    MemberKind.EMPLOYER: Text("Company or organisation that employs foreign workers"),
    MemberKind.SUPERVISING_ORG: Text("Supervising organisation"),
    MemberKind.SUPPORT_ORG: Text("Registered support organisation"),
    MemberKind.RECRUITER: Text("Job placement or staffing business"),
    MemberKind.MUNICIPALITY: Text("Local government"),
    MemberKind.NPO: Text("NPO or civil society organisation"),
    MemberKind.INDUSTRY_ASSOC: Text("Industry association or cooperative"),
    MemberKind.INDIVIDUAL: Text("Individual"),
}

SIZES: Mapping[str, Text] = {
    "none": Text("No employees"),
    "1-29": Text("1 to 29 people"),
    "30-299": Text("30 to 299 people"),
    "300-999": Text("300 to 999 people"),
    "1000-": Text("1,000 people or more"),
}
