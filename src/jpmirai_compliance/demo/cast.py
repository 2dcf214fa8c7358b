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
    Member("midori", "みどり農園", "Midori Farm", _K.EMPLOYER, _S.UNDER_30, "01", "A", 2,
           "submitted again"),
    Member("kibou", "きぼう建設協同組合", "Kibou Construction Cooperative", _K.SUPERVISING_ORG,
           _S.UNDER_30, "27", "D", 2, "returned"),
    Member("kakehashi", "NPO法人かけはしネット", "Kakehashi Net", _K.NPO, _S.UNDER_30, "13", "R", 3,
           "published", "https://kakehashi.example.com/"),
    Member("minato", "みなと市", "Minato City", _K.MUNICIPALITY, _S.LARGE, "28", "S", 2, "started"),
    Member("tsubame", "つばめ人材株式会社", "Tsubame Staffing Inc.", _K.RECRUITER, _S.UNDER_300,
           "40", "R", 2, "invited"),
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
    Person("hamada", "浜田 洋平", "minato", ("editor",)),
    Person("tsuda", "津田 真", "tsubame", ALL),
    Person("sato", "佐藤 真理子", "sato", ALL),
    Person("jimukyoku", "森 由美子", "", ("secretariat", "reviewer")),
    Person("kakunin", "岡本 亮", "", ("secretariat", "reviewer")),
    Person("shinsa", "原田 節子", "", ("judge",)),
    Person("judge", "David Mensah", "", ("judge",), "en"),
)

#: What the first member wrote; the other answers say what their level says.
TEXTS = {
    "P1-02": "在留カードの期限を台帳で管理し、3か月前に本人と一緒に手続きを始めます。",
    "P1-03": "雇用契約書はベトナム語・ミャンマー語を並べ、署名の前に通訳を交えて説明しています。",
    "P1-04": "賃金明細を6言語で渡し、控除の理由を毎月の面談で確かめています。",
    "P1-08": "安全教育は動画と実技で行い、理解できたかを母語の小テストで確かめます。",
    "P2-03": "募集の費用を入職時に聞き取り、本人が負担していた3名に全額を返しました。",
    "P2-09": "社外の相談窓口を8言語で案内し、会社に知らせずに相談できることを掲示しています。",
    "P2-12": "年1回の無記名調査の結果を、本人たちの代表と一緒に読み、改善の順番を決めました。",
    "P3-01": "工場の標識と手順書をやさしい日本語と写真で作り直し、朝礼で読み合わせています。",
    "P4-01": "勤務時間内に週2時間の日本語の学習枠を設け、教材費は会社が負担しています。",
    "P4-03": "技能検定の受検料と練習の時間を会社が負担し、昨年は7名が合格しました。",
    "P5-02": "5つの行動原則のポスターを5言語で食堂・更衣室・寮に掲げています。",
    "P5-08": "調達先32社に行動原則への賛同をお願いし、24社から同意書をいただきました。",
}

#: What somebody wrote in a hurry, for the check before submitting to find.
DRAFTS = {
    "P1-11": "担当の山田さん（内線ではなく090-0000-0000）が、改正のたびに庁内へ知らせています。",
    "P1-12": "相談の記録を施錠して保管し、誰が見てよいかを規程で決めています。",
}
