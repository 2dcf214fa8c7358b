"""Who is in the demo: all names are invented."""

from dataclasses import dataclass

from jpmirai_compliance.accounts.models import SizeBand
from jpmirai_compliance.principles import MemberKind

PASSWORD = "sakura-to-ume-2026"  # noqa: S105 -- printed on the demo's first page
SECOND_FACTOR = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DOMAIN = "example.com"


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation, and how far it is this year: ``stage`` of ``year.STAGES``."""

    key: str
    name_ja: str
    name_en: str
    kind: MemberKind
    size: SizeBand
    prefecture: str
    sector: str
    level: int
    stage: str
    website: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in; ``org`` is a member's key, empty for secretariat and judges."""

    local: str
    name: str
    org: str
    roles: tuple[str, ...]
    locale: str = "ja"

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.local}@{self.org or 'mirai'}.{DOMAIN}"


_K, _S = MemberKind, SizeBand
MEMBERS = (
    Member("aoba", "青葉精密工業株式会社", "Aoba Precision Industries Co., Ltd.", _K.EMPLOYER,
           _S.UNDER_300, "23", "E", 3, "published", "https://aoba.example.com/"),
    Member("hoshizora", "株式会社ほしぞら食品", "Hoshizora Foods Co., Ltd.", _K.EMPLOYER,
           _S.LARGE, "08", "E", 3, "published", "https://hoshizora.example.com/"),
    Member("midori", "みどり農園", "Midori Farm", _K.EMPLOYER, _S.UNDER_30, "01", "A", 2, "submitted"),
    Member("kibou", "きぼう建設協同組合", "Kibou Construction Cooperative", _K.SUPERVISING_ORG,
           _S.UNDER_30, "27", "D", 2, "returned"),
    Member("kakehashi", "NPO法人かけはしネット", "Kakehashi Net", _K.NPO, _S.UNDER_30, "13", "R", 3,
           "published", "https://kakehashi.example.com/"),
    Member("minato", "みなと市", "Minato City", _K.MUNICIPALITY, _S.LARGE, "28", "S", 2, "started"),
    Member("tsubame", "つばめ人材株式会社", "Tsubame Staffing Inc.", _K.RECRUITER, _S.UNDER_300, "40",
           "R", 2, "invited"),
    Member("sato", "佐藤 真理子", "Mariko Sato", _K.INDIVIDUAL, _S.NONE, "26", "L", 2, "accepted"),
)  # fmt: skip
ALL = ("admin", "editor", "approver")
PEOPLE = (
    Person("hanako", "青木 花子", "aoba", ("admin", "editor")),
    Person("buchou", "石田 健", "aoba", ("approver",)),
    Person("tanaka", "田中 一郎", "hoshizora", ALL),
    Person("midori", "緑川 葉子", "midori", ALL),
    Person("kimura", "木村 誠", "kibou", ALL),
    Person("linh", "Nguyen Thi Linh", "kakehashi", ALL, "en"),
    Person("minami", "南 さくら", "minato", ALL),
    Person("tsuda", "津田 真", "tsubame", ALL),
    Person("sato", "佐藤 真理子", "sato", ALL),
    Person("jimukyoku", "森 由美子", "", ("secretariat", "reviewer")),
    Person("kakunin", "岡本 亮", "", ("secretariat", "reviewer")),
    Person("shinsa", "原田 節子", "", ("judge",)),
    Person("judge", "David Mensah", "", ("judge",), "en"),
)

#: What the first member wrote; the other answers say what their level says.
TEXTS = {
    "P1-01": "雇用契約書は日本語とベトナム語・ミャンマー語を並べて作り、署名の前に通訳を交えて説明しています。",
    "P1-02": "賃金明細を6言語で渡し、控除の理由を毎月の面談で確かめています。",
    "P2-01": "方針を社長名で定め、入社時と年1回、母語で説明しています。",
    "P2-12": "外部の相談窓口と協力し、年1回の無記名調査の結果を安全衛生委員会で共有しています。",
    "P3-01": "工場の標識・手順書をやさしい日本語と写真で作り直し、朝礼で一緒に読み合わせています。",
    "P4-01": "技能検定の受検料と教材費を会社が負担し、勤務時間内に週2時間の学習枠を設けています。",
    "P5-01": "取組みを自社サイトで年1回公開し、調達先32社に行動原則への賛同をお願いしました。",
}
