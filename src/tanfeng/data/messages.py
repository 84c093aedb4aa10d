"""Messages of the check and of imports in Chinese, by their English; `{}` is what a message fills in.

A message that is written in both languages where it is made (`tanfeng.data.wording.say`) needs no line here. A test
holds that every message of these modules has one or the other.
"""

from __future__ import annotations

import re
from functools import cache

CHINESE = {
    # cells and columns of tables
    "nothing": "空白",
    "a number": "数字",
    "a whole number": "整数",
    "a year": "年份",
    "true or false": "true或false",
    "text": "文字",
    "a value": "有值",
    "a value ({})": "有值（{}）",
    "a number that is not infinite": "有限的数字",
    "one of {}": "下列之一：{}",
    "at least {}": "不小于{}",
    "at most {}": "不大于{}",
    "text like {}": "符合{}的文字",
    "a text without {}": "不含{}的文字",
    "no such column": "没有这一列",
    "an unknown column": "未知的列",
    "the columns {}": "列{}",
    "no row below the columns": "列名下没有数据行",
    "at least one row": "至少一行",
    "{} again (first in row {})": "{}重复（首见第{}行）",
    "{} again": "{}重复",
    "each key once": "每个主键一次",
    "a table in UTF-8": "UTF-8编码的表",
    "a file that is not read": "不会被读取的文件",
    "the name of a table with .csv or .xlsx, one file a table, such as observations.csv": (
        "表名加.csv或.xlsx，每表一个文件，如observations.csv"
    ),
    "tables that fit their schemas": "符合定义的表",
    "{}; did you mean {}?": "{}；是否为{}？",
    "{}: did you mean {}?": "{}：是否为{}？",
    # links
    "an id of data/{}.csv": "data/{}.csv中的id",
    "an id of data/{}": "data/{}中的id",
    "a row with this {} of data/{}": "data/{}中{}相同的行",
    "an id of data/sources.csv; or a row of data/local/sources.csv: {}": (
        "data/sources.csv中的id；或在data/local/sources.csv增加：{}"
    ),
    "evidence {}": "依据{}",
    "measure {}": "措施{}",
    "request {}": "填报{}",
    "target {}": "目标{}",
    "indicator {}": "指标{}",
    "figure {}": "数据{}",
    "factor {}": "因子{}",
    "cost {}": "成本{}",
    "plan {}": "规划{}",
    "rule {}": "规则{}",
    "part {}": "部分{}",
    "{} -> {}": "{} → {}",
    "{} of data/{}": "data/{1}中的{0}",
    # figures of a table
    "a year before target_year": "早于target_year的年份",
    "a year not after last_year": "不晚于last_year的年份",
    "a figure above 0 (a reduction too)": "大于0的数（降幅亦然）",
    "below 100 %, or a share up to 100 %": "小于100%；比重不超过100%",
    "a group of the kind {}, or nothing": "{}类的组别，或空白",
    "the indicator of its real growth": "其实际增速的指标",
    "an indicator of the kind 'change'": "change类指标",
    "one value or more, low <= central <= high": "至少一个值，low <= central <= high",
    "all beside a breakdown of {}, {}, {}": "{}，{}，{}既有合计又有分项",
    "one figure, or its breakdown, not both": "合计或分项，二者取一",
    "a period such as 2025, 2025-06, 2019/2020, 2025-01/2025-06 or undated": (
        "时间，如2025、2025-06、2019/2020、2025-01/2025-06或undated"
    ),
    "a period that ends after it starts": "止于起始之后的时间",
    "a period that is over by {}, the state of the tables (version in data/datapackage.json)": (
        "截至{}（数据版本，见data/datapackage.json的version）已结束的时间"
    ),
    "a year (2025) or the months from the first to the last (2025-01/2025-06) for a flow": (
        "流量为年份（2025）或首月至末月（2025-01/2025-06）"
    ),
    "the end of a year (2025) or of a month (2025-06) for a stock, which has a date": (
        "存量为年末（2025）或月末（2025-06）"
    ),
    "from year to year (2019/2020) for a change, or the months from the first to the last (2025-01/2025-06) "
    "against the "
    "same ones a year before": "变化率为两年（2019/2020），或与上年同期相比的各月（2025-01/2025-06）",
    "a year (2025), a month (2025-06) or the months from the first to the last (2025-01/2025-06)": (
        "年份（2025）、月份（2025-06）或首月至末月（2025-01/2025-06）"
    ),
    "a unit of the same kind as the indicator's {}": "与指标单位{}同类的单位",
    # register chains
    "likely_met from {}, likely_missed up to {}, open between": "{}以上为likely_met，{}以下为likely_missed，其间为open",
    "add to data/evidence.csv: {}": "请在data/evidence.csv增加：{}",
    "no line of {} in data/responsibilities.csv": "data/responsibilities.csv中没有{}",
    "lines {} of {}": "{}中的{}行",
    "no figure of {}, {}, {}": "没有{}、{}、{}的数据",
    "no figure of {}, {}": "没有{}、{}的数据",
    "the rule {}, with its source and whether its text was seen": "规则{}，及其来源和是否见到原文",
    "both ends of the probability, or none; of a silent target none": "概率的上下限都有或都没有；无依据的目标没有",
    "p_low <= p_high, both within 0 to 1": "p_low <= p_high，均在0至1之间",
    "a line of {} in data/evidence.csv": "data/evidence.csv中有{}",
    "{} for measure {}": "{}，用于措施{}",
    "{} bodies of {} in data/responsibilities.csv ({})": "data/responsibilities.csv中{}个单位（{}，{}）",
    "{} values and emission_factor_id {}": "{}个值与emission_factor_id {}",
    "a probability": "概率",
    "a series without a gap, or a usage warning of it": "无间断的序列，或已有使用说明",
    "no row {} in data/targets.csv": "data/targets.csv中没有{}",
    "no row {}": "没有{}",
    "empty, data/measure_factors.csv has factors": "空白，data/measure_factors.csv已有因子",
    "why no effect is computed": "未计算效果的原因",
    "no value": "没有值",
    "{}, the target of the measure in data/measures.csv": "{}，data/measures.csv中该措施的目标",
    "a body, or the role not_named where there is none": "单位，没有的填not_named",
    "a measure that {} does not contain itself": "不含{}自身的措施",
    "its bodies numbered from 1, or one line not_named": "单位从1编号，或仅一行not_named",
    "{}, as many as its document names": "{}，与文件所列数目一致",
    "the unit of {}": "{}的单位",
    "a target of region {}": "地区{}的目标",
    "{} of plan {}": "{}，规划{}",
    "values, or the row of data/emission_factors.csv that has them": "值，或data/emission_factors.csv中的行",
    "{} with {} to {}": "{}，{}至{}",
    "{} with {}": "{}，{}",
    "target {}, which the plan names": "规划所列的目标{}",
    "indicator@period of a figure of {}": "{}的数据，写作indicator@period",
    "terms of one bound alike in {}": "同一界限各项的{}相同",
    "on_grid or to_come": "on_grid或to_come",
    "a figure of {}": "{}的数据",
    "a lean that the computed probability, {}, allows": "与计算概率{}相符的倾向",
    "to be judged anew: {} came after it; add it to rests_on": "重新判断：{}晚于该判断；请加入rests_on",
    "no row, the target is {} by {}": "无此行，目标已由{1}判定为{0}",
    # plausibility
    "{} Mt CO2 in all ({}, {})": "合计{}百万吨二氧化碳（{}，{}）",
    "within {} % of {}, {} Mt": "与{1}的{2}百万吨相差不超过{0}%",
    "within {} % of the inventory, {} Mt": "与清单的{1}百万吨相差不超过{0}%",
    "within a factor of {} of {}, {} Mt": "与{1}的{2}百万吨相差不超过{0}倍",
    "within a factor of {} of {} ({}, row {}), {} {}: {}": "与{1}（{2}，第{3}行）的{4} {5}相差不超过{0}倍：{6}",
    "within a factor of {} of {} ({}, row {}), {}": "与{1}（{2}，第{3}行）的{4}相差不超过{0}倍",
    "within a factor of {} of {}, {} {}, not {} times it: check the unit": (
        "与{1}的{2} {3}相差不超过{0}倍，而不是其{4}倍：请核对单位"
    ),
    "less than {} times the year before, {}, or {} times it": "不到上年{1}的{0}倍，或其{2}倍",
    "less than {} times target {}, {} %, not {} times it: check the unit": (
        "不到目标{1}（{2}%）的{0}倍，而不是其{3}倍：请核对单位"
    ),
    "less than {} times {}, {} {}, not {} times it: check the unit": (
        "不到{1}（{2} {3}）的{0}倍，而不是其{4}倍：请核对单位"
    ),
    "a share of at most {} %: check the unit": "不超过{}%的比重：请核对单位",
    "a share of at most {} %": "不超过{}%的比重",
    "a share above 0 and at most {} %": "大于0且不超过{}%的比重",
    "a {} is not below zero": "{}不小于0",
    "a figure above zero, as {} {}, beside it": "大于0的数，相邻的为{} {}",
    "a change that fits: {}?": "相符的变化率：{}？",
    "the others of the series lie between {} and {} % a year: did you mean {}": (
        "该序列其他年份在每年{}%至{}%之间：是否为{}"
    ),
    "the target {} asks for a fall of {} %: did you mean {}": "目标{}要求下降{}%：是否为{}",
    "the target {} asks for {}: did you mean {}": "目标{}要求{}：是否为{}",
    "at most {} times the largest other change of the series, {} % a year: check the unit": (
        "不超过该序列其他最大变化率（每年{1}%）的{0}倍：请核对单位"
    ),
    "a fall by less than 100 %": "降幅小于100%",
    "{} by {}, within {} {} (off by {})": "按{1}应为{0}，误差{2} {3}以内（相差{4}）",
    "{} by {}, within {} points": "按{1}应为{0}，误差{2}个百分点以内",
    "{} % by the yearly changes of {}, within {} points": "按{1}逐年变化应为{0}%，误差{2}个百分点以内",
    "at most {}, {} {}, of which it is a part": "不超过其所属的{}（{} {}）",
    "at most {}, of which it is a part, {}": "不超过其所属的{}（{}）",
    "figures of {}, {}, that differ by at most {} %": "{}、{}的数据相差不超过{}%",
    "a negative number": "负数",
    "a positive number": "正数",
    "no responsible body of {} in data/responsibilities.csv": "data/responsibilities.csv中没有{}的责任单位",
    "an estimate of {} without a note": "{}的估算值没有说明",
    "its method, in note_zh and note_en": "方法，写入note_zh和note_en",
    "a year near its neighbours, within a factor of {}": "与相邻年份相差不超过{}倍",
    "emissions above zero": "大于0的排放量",
    "a series without a gap": "无间断的序列",
    "{}, which asks for the same as {} (row {})": "{}，与{}（第{}行）要求相同",
    "same_as {}, or a target with a figure of its own: it is counted twice": "same_as {}，或自有数值的目标：否则重复",
    "no address of {}": "{}没有网址",
    "where it was read": "读取的网址",
    "the one that {} names, as it does for {}; or look whether it names none here": (
        "{}所列的单位（如其对{}所列）；或核对此处确未列出"
    ),
    "a fall of {} to {} % a year, not of {} %: {}": "每年下降{}%至{}%，而不是{}%：{}",
    "within 1/{} and {} times the base, {}": "基数{2}的1/{0}至{1}倍",
    "near {} ({}, row {}), {}": "接近{}（{}，第{}行）的{}",
    "the level that its note gives first, in Chinese (一级) and in English (level 1)": (
        "说明中首先写明的等级，中文为一级，英文为level 1"
    ),
    "1 (it rose) with level 1, -1 (it fell short) with level 2, not with level {} of {}": (
        "1（上升）对应一级，-1（未达）对应二级，而不是{1}的{0}级"
    ),
    "the published figure of {}, {}": "{}的公布数，{}",
    "{} to {} times target {}, {}": "目标{2}（{3}）的{0}至{1}倍",
    "{} to {} {}, range in data/indicators.csv": "{}至{} {}（data/indicators.csv中的范围）",
    "{}, range of {}: {}": "{}，{}的范围：{}",
    "{} ({}, row {})": "{}（{}，第{}行）",
    "data/identities.csv, {}: kind {}; expected sum, change, intensity, share": (
        "data/identities.csv，{}：kind为{}；应为sum、change、intensity、share"
    ),
    # monthly tables
    "{}, {} figures left out": "{}，{}个数据未导入",
    "{} figures of other regions or years, left out": "其他地区或年份的数据{}个，未导入",
    "those that --region and --year ask for": "--region和--year所指的",
    "a name such as 水泥产量累计值(万吨)": "名称，如水泥产量累计值(万吨)",
    "a line with 地区： and the name of a region alone": "单独一行，“地区：”后写地区名称",
    "a line with 地区： and the name of a region, or --region": "一行，“地区：”后写地区名称，或用--region指定",
    "a region of data/regions.csv": "data/regions.csv中的地区",
    "a number of 0 or more, or nothing": "不小于0的数字，或空白",
    "{} for {} months": "{}（{}个月）",
    "at least {}, the sum of fewer": "不小于较少月份的累计值{}",
    "no figure to import": "没有可导入的数据",
    "cumulative figures of {}": "{}的累计值",
    "cumulative figures (累计值)": "累计值",
    "a second figure of {}": "{}的第二个数据",
    "each figure once": "每个数据一次",
    "no row that begins with 指标 or 地区": "没有以指标或地区开头的一行",
    "such a row, then months: 2024年12月": "这样一行，后接月份：2024年12月",
    "each month once": "每月一次",
    "a month such as 2024年12月": "月份，如2024年12月",
    "an indicator of the tables: {}": "已有的指标：{}",
    "the unit {}": "单位{}",
    "a figure": "数据",
    "figures beside it": "右侧有数据",
    # tidy tables
    "found {} sheets that are not empty ({}); expected one; choose it with --sheet": (
        "有{}张非空工作表（{}）；应为一张，请用--sheet选择"
    ),
    "the columns are those of {}; say which with --as": "列名与{}相同；请用--as指定",
    "no table {}; there are: {}": "没有表{}；现有：{}",
    "kind {}: expected one of {}": "格式{}：应为下列之一：{}",
    "--as {} is for a tidy table; a file of kind {} has a table of its own": "--as {}用于规整表；{}格式的文件另有其表",
    "region {} is no province of data/regions.csv; expected the code of one": (
        "地区{}不是data/regions.csv中的省份；应为其中一省的代码"
    ),
    "{}: the rows of the file say this; leave the option out": "{}：文件各行已写明，请去掉该选项",
    "source {} is in the register already; leave --citation out, or give another --source": (
        "来源{}已登记；请去掉--citation，或另给--source"
    ),
    "{} is there; rows are imported into {}.csv: save it as CSV, then remove it": (
        "已有{}；数据导入{}.csv：请另存为CSV后将其移走"
    ),
    "data/local/: cannot be written: {}": "data/local/无法写入：{}",
    "what the correction was written for": "订正所针对的数据",
    # request workbook
    "{} filled, {} empty{}": "已填{}项，空白{}项{}",
    "; {} without an answer to 公开 (public) are taken as internal": "；{}项未答“公开”，按内部数据处理",
    "row {}, column {}": "第{}行{}列",
    "row {}": "第{}行",
    "the heading with the columns {}, or no such sheet": "含{}各列的表头，或没有这张工作表",
    "{}: this column is not to be changed": "{}：此列不得改动",
    "no sheet has the heading of a request workbook; expected the columns {}": "没有一张工作表有填报表的表头；应有列{}",
    "what is filled in on the sheet with the column 填报值": "填写在有“填报值”列的工作表",
    "no column {}": "没有{}列",
    "the number and region of a figure that is asked for, as they were written": "所填报数据的编号和地区，与原表一致",
    "a number in {} in a cell that shows it whole, without a unit, 万 or thousands": (
        "以{}为单位的完整数字，单元格格式不带单位、万或千"
    ),
    "a number in {}; the cell is shown in percent": "以{}为单位的数字；单元格为百分比格式",
    "a number in {}, such as 1162.5": "以{}为单位的数字，如1162.5",
    "nothing beside the eleven columns": "十一列以外为空白",
    "a sheet without the heading": "没有表头的工作表",
    "{} for {}, as in {}, or an empty cell in one of the two": "{1}为{0}，与{2}一致，或其中一处为空白",
    "a source of the public figure: document, date and address": "公开数据的来源：文件、日期和网址",
    "no value beside {}": "{}旁没有值",
    "a value; the row is not imported": "填报值；该行未导入",
    "only the columns {}": "只有列{}",
    "each column once": "每列一次",
    "no heading of the workbook of a region; expected {}": "没有地区填报表的表头；应为{}",
    # sites
    "one row a plant: {} lies there too; name it in same_as if it is the same": (
        "每个单位一行：{}也在该处；如为同一单位，请在same_as注明"
    ),
    "{} t CO2 on {} tce ({}, {})": "{1}吨标准煤排放{0}吨二氧化碳（{2}，{3}）",
    "a city of region {}": "地区{}的城市",
    "a county of city {}": "城市{}的县（市、区）",
    # corrections
    "has the source in {} been mended?": "{}的来源是否已更正？",
    "{}, {}, {}: {} sums to {}, expected {}; {}": "{}，{}，{}：{}合计{}，应为{}；{}",
    "{}, {}, add: {} has {} rows; expected one, or rows of the fuel_group of the entry": (
        "{}，{}，add：{}有{}行；应为一行，或有该条fuel_group的行"
    ),
    "if it is right, add to data/series_warnings.csv: {}": "如无误，请在data/series_warnings.csv增加：{}",
    "{}, not {} times it": "{}，而不是其{}倍",
    # files of the project
    "format {}, language {}: expected table, csv or json, and zh or en": (
        "格式{}，语言{}：应为table、csv或json，以及zh或en"
    ),
    "{}: neither a folder nor a revision of this project: {}": "{}：既不是文件夹，也不是本项目的版本：{}",
    "{}: neither a project nor a data folder: no {} or {} in it": "{}：既不是项目也不是数据文件夹：其中没有{}或{}",
    "{}: no such folder, and git, which would know a revision of that name, is not installed": (
        "{}：没有此文件夹；未安装git，无法按版本名查找"
    ),
    "{}, row 1: no column {}; expected the columns {}{}": "{}，第1行：没有{}列；应有列{}{}",
    "{}, row 2: more cells than the header has columns; expected {}": "{}，第2行：单元格多于首行的列；应为{}",
    "{}: cannot be read as a table: {}": "{}：无法作为表读取：{}",
    "{}: found {}, which stands twice; expected each key once{}": "{}：{}出现两次；每个主键应一次{}",
    "{}: found {}; expected {}{}": "{}：为{}；应为{}{}",
    "a table and as many of its columns as {}": "一张表，列数与{}相同",
    "{}, foreignKeys: found {} ({}); expected {}": "{}，foreignKeys：为{}（{}）；应为{}",
    "{}: a second table {}; expected one": "{}：第二张表{}；应为一张",
    "{}: found {} columns {}; expected one": "{}：有{}个{}列；应为一列",
    " (did you mean {}?)": "（是否为{}？）",
    "{} cannot be read: {}": "{}无法读取：{}",
    "{}: found {} for {}; expected {}": "{0}：{2}为{1}；应为{3}",
    "{}: found {}; expected the keys {}": "{}：为{}；应有键{}",
    "{}: unknown key {}{}; known are: {}": "{}：未知的键{}{}；已知的有：{}",
    "no {} {}{} {}s: {}{}": "没有{0}{1}{2}{3}：{4}{5}",
    "{} {} may be {}; expected one of these": "{}{}可能是{}；应为其中之一",
    "unknown unit {}; data/units.csv lists the units": "未知的单位{}；单位见data/units.csv",
    "{} and {} do not measure the same thing": "{}与{}不是同类的量",
    "{}: found {}; expected {}": "{}：为{}；应为{}",
    "{}: {} of {} in {} comes to {} Mt CO2 after all corrections, expected {} as in data/revisions.csv: has an entry "
    "been removed? If the figure changed, add a row there": (
        "{0}：{2}{3}年{1}经全部订正后为{4}百万吨二氧化碳，应为data/revisions.csv中的{5}：是否删除了条目？数据确有变化的，请在该表增加一行"
    ),
    "data/series_warnings.csv: kind {} is not in data/warning_kinds.csv; add it there": (
        "data/series_warnings.csv：类型{}不在data/warning_kinds.csv中；请在其中增加"
    ),
}


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the messages as patterns, those with the most words of their own first."""
    order = sorted(CHINESE, key=lambda one: len(one.replace("{}", "")), reverse=True)
    return [(_pattern(one), CHINESE[one]) for one in order]


def _pattern(message: str) -> re.Pattern[str]:
    """Return a message as a pattern; behind a single word (`target {}`) stands one name, not a sentence."""
    filled = r"(\S+)" if re.fullmatch(r"[a-z]+ \{\}", message) else "(.+?)"
    return re.compile(filled.join(map(re.escape, message.split("{}"))), re.DOTALL)


def chinese(text: str) -> str:
    """Return a message in Chinese, with what it fills in; what is no message stays as it is.

    Example:
        >>> chinese("an id of data/sources.csv; did you mean a number?"), chinese("pv_capacity")
        ('data/sources.csv中的id；是否为数字？', 'pv_capacity')
    """
    for pattern, zh in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return zh.format(*(chinese(part) for part in found.groups()))
    return text
