"""Why a verdict is what it is: one sentence a reason and language (floor 4); `tanfeng.text.reason` fills them."""

from __future__ import annotations

SENTENCES = {
    "zh": {
        "reached": "{name}：{when}{is_}{shown}{gain}，{beyond}{brief}的目标，判定为{verdict}。",
        "fell_short": "{name}：{when}{is_}{shown}{gain}，未达到{brief}的目标，判定为{verdict}。",
        "part_reached": "{name}：其中{part}{when}{is_}{shown}{gain}，仅此一项已达到{brief}的目标，判定为{verdict}。",
        "probability": "{name}：{last}{standing}，按现有序列外推，{goal}的概率为{probability}，判定为{verdict}。",
        "year_not_published": "{name}：最近公布的{when}{is_}{shown}，目标为{goal}，{year}年数据未公布，{verdict}。",
        "inexact": "{name}：{when}{is_}{shown}，目标为{goal}，公布数不是准确值，不足以判定，{verdict}。",
        "not_due": "{name}：{when}{is_}{shown}{standing}，目标为{goal}，尚未到期，{verdict}。",
        "last_published": "{name}：最近一次公布的{when}{is_}{shown}，此后至{year}年未公布，目标为{goal}，{verdict}。",
        "last_estimated": "{name}：目标为{goal}，未查到同口径的公布数据，{when}推算{is_}{shown}，{verdict}。",
        "other_scope": "{name}：目标为{goal}；已公布的{part}{when}{is_}{shown}，{differs}不同，不作比较，{verdict}。",
        "scope_not_published": "{name}：目标为{goal}，目标口径未公布，统计口径数据不可比，{verdict}。",
        "base_not_published": "{name}：目标为{goal}，基期数未公布，{verdict}。",
        "no_yardstick": "{name}：目标为{goal}，文件未说明以何为基准核算，{verdict}。",
        "not_published": "{name}：目标为{goal}，未查到同口径的公布数据，{verdict}。",
        "published_otherwise": "{name}：目标为{goal}，未查到可用于判定的公布数据，最近查到的{when}{is_}{shown}，{verdict}。",
        "sources_disagree": "{name}：目标为{goal}，{when}的公布数据不一致（{shown}，另有{rival}），{verdict}。",
        "reference_only": "{name}：{goal}（{variant}），只作参考，不用于判定。",
    },
    "en": {
        "reached": "{name}: {shown} {when}{gain}, which meets the target of {goal}: {verdict}.",
        "fell_short": "{name}: {shown} {when}{gain}, short of the target of {goal}: {verdict}.",
        "part_reached": "{name}: {part} alone was {shown} {when}{gain}, which meets the target of {goal}: {verdict}.",
        "probability": "{name}: {last}{standing}; extrapolating the series, the probability of {goal} is {probability}: {verdict}.",
        "year_not_published": "{name}: the latest published figure is {shown} {when}; the target is {goal}; {year} is not published: {verdict}.",
        "inexact": "{name}: {shown} {when}, too inexact to decide the target of {goal}: {verdict}.",
        "not_due": "{name}: {shown} {when}{standing}; the target of {goal} is not due yet: {verdict}.",
        "last_published": "{name}: the latest published figure is {shown} {when}, nothing since; the target is {goal}: {verdict}.",
        "last_estimated": "{name}: the target is {goal}; no published figure of the same scope was found, {shown} {when} is an estimate: {verdict}.",
        "other_scope": "{name}: the target is {goal}; what is published ({part}, {shown} {when}) has another {differs} and is not compared: {verdict}.",
        "scope_not_published": "{name}: the target is {goal}; its scope is not published, statistics are not comparable: {verdict}.",
        "base_not_published": "{name}: the target is {goal}; the figure of the base year is not published: {verdict}.",
        "no_yardstick": "{name}: the target is {goal}; the document does not say against which baseline: {verdict}.",
        "not_published": "{name}: the target is {goal}; no published figure of the same scope was found: {verdict}.",
        "published_otherwise": "{name}: the target is {goal}; no published figure that answers it was found, the latest is {shown} {when}: {verdict}.",
        "sources_disagree": "{name}: the target is {goal}; published figures {when} disagree ({shown}, but also {rival}): {verdict}.",
        "reference_only": "{name}: {goal} ({variant}); for reference only, it decides nothing.",
    },
}
