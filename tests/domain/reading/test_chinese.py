"""Which Chinese clauses promise, by kind, in both scripts, and which pass for promises and are none."""

import pytest

from commitments.domain.reading.reader import read_text


def spans(text):
    return [proposal.words for proposal in read_text(text).proposals]


PROMISES = {
    "會": ("政府會成立專責小組。", ["政府會成立專責小組"]),
    "將會": ("我們將會預留50億元。", ["我們將會預留50億元"]),
    "将": ("两地政府将设立专班。", ["两地政府将设立专班"]),
    "要": ("各部门要加快落实减税措施。", ["各部门要加快落实减税措施"]),
    "拟": ("科技部拟安排研究课题。", ["科技部拟安排研究课题"]),
    "同意": ("雙方同意加強金融合作。", ["雙方同意加強金融合作"]),
    "應": ("甲方應提交報告。", ["甲方應提交報告"]),
    "負責": ("甲方负责提供场地，乙方负责提供设备。", ["甲方负责提供场地", "乙方负责提供设备"]),
    "請": ("請交通部提報改善方案。", ["請交通部提報改善方案"]),
    "verbs after one subject": (
        "政府會在今年內成立專責小組，檢討居屋政策，並於明年提出建議。",
        ["政府會在今年內成立專責小組", "檢討居屋政策", "並於明年提出建議"],
    ),
    "a statement's numbers": (
        "三、双方同意建立对话机制。\n四、中方将制定计划。\n",
        ["双方同意建立对话机制", "中方将制定计划"],
    ),
    "a circumstance between": ("教育局會由2021年起，增加津貼額。", ["教育局會由2021年起，增加津貼額"]),
    "who leads": ("一、由市住建局牵头，于6月底前制定方案。\n", ["由市住建局牵头，于6月底前制定方案"]),
    "an estimated completion": ("工程預計於2024年竣工。", ["工程預計於2024年竣工"]),
    "proposes": ("我建議撥款五億元成立基金。", ["我建議撥款五億元成立基金"]),
    "signed": ("双方签署了《合作框架协议》。", ["双方签署了《合作框架协议》"]),
    "a minister's orders": ("会议要求，各部门要加快审批。", ["会议要求，各部门要加快审批"]),
}


@pytest.mark.parametrize("kind", PROMISES)
def test_clauses_with_a_modal_promise(kind):
    text, expected = PROMISES[kind]
    found = spans(text)
    assert len(found) == len(expected)
    assert all(words in wanted or wanted in words for words, wanted in zip(found, expected, strict=True))


NO_PROMISES = {
    "past": "過去一年，我們推出了多項措施。",
    "achievements": "近年来，外贸规模稳步扩大，结构持续优化。",
    "a committee": "委員會認為社會需要更多討論。",
    "a forecast": "經濟增長預計為2%至3%。",
    "permission": "市民可以在網上遞交申請。",
    "a fact": "国务院办公厅是全国政务新媒体工作的主管单位。",
    "what comes of it": "這些措施將惠及三十萬人。",
    "parties' remarks": "双方欢迎对方所作的努力。",
    "a meeting's day": "5月10日，市长主持召开专题会议，研究旧改工作。",
    "self": "现提出如下意见。",
    "boilerplate": "本备忘录自签署之日起生效。",
    "said": "会议指出，外贸形势严峻。",
}


@pytest.mark.parametrize("kind", NO_PROMISES)
def test_what_only_looks_like_a_promise_is_passed_over(kind):
    assert spans(NO_PROMISES[kind]) == []


POLICY = """关于加强农村工作的意见

一、重大意义
近年来，各地积极推进改革，取得较好成效。

二、主要任务
（一）夯实基础。加强农田水利建设，提高抗旱能力。完善支持政策，实施节水行动。
（二）{}

三、目标
到2025年，{}
"""


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("健全制度。推进试点，扩大范围。", ["推进试点", "扩大范围"]),
        ("健全制度。按照统一要求，建立台账。", ["按照统一要求，建立台账"]),
        ("健全制度。在村庄普遍建立服务站点。", ["在村庄普遍建立服务站点"]),
        ("健全制度。有条件的地方有序推进改造。", ["有条件的地方有序推进改造"]),
        ("健全制度。鼓励企业投资。（财政部牵头）", ["鼓励企业投资"]),
    ],
)
def test_under_numbered_headings_what_to_do_promises(sentence, expected):
    found = spans(POLICY.format(sentence, "形成新格局。"))
    assert found[:3] == ["加强农田水利建设，提高抗旱能力", "完善支持政策", "实施节水行动"]
    assert found[3 : 3 + len(expected)] == expected


def test_aims_for_a_year_share_its_date():
    text = POLICY.format("健全制度。推进试点。", "体系基本形成，水平明显提高；覆盖率达到90%以上。")
    aims = [proposal for proposal in read_text(text).proposals if proposal.why == "goal"]
    assert [(aim.words, aim.deadline.date) for aim in aims] == [
        ("到2025年，体系基本形成", "2025"),
        ("水平明显提高", "2025"),
        ("覆盖率达到90%以上", "2025"),
    ]


def test_aims_below_a_year_share_it():
    text = "（三）发展目标\n到2025年，建成数字政府。\n——治理能力显著增强。\n——服务水平大幅提升。\n一、任务\n"
    assert [proposal.deadline.date for proposal in read_text(text).proposals] == ["2025"] * 3


def test_what_a_part_of_principles_says_is_no_pledge():
    text = "一、总体要求\n（一）指导思想。坚持稳中求进，加强领导。\n（二）基本原则。\n——坚持统筹。加强协调。\n"
    assert spans(text) == []


def test_english_and_chinese_in_one_line_are_each_read():
    text = "We will build a centre for all people in the city. 政府会在2020年建立中心。"
    assert spans(text) == ["We will build a centre for all people in the city", "政府会在2020年建立中心"]
