"""Names of the documents that rules rest on, so that each clause is cited in one spelling."""

from __future__ import annotations


def plan(clause: str) -> str:
    """A clause of the 2025-2027 special programme on industrial products sold online (14 departments)."""
    return f"国市监质监发〔2025〕107号 {clause}"


def platform_opinion(clause: str) -> str:
    """A clause of the 2025 opinion on the quality of platform goods and services."""
    return f"国市监质发〔2025〕102号 {clause}"


def spot_check_opinion(item: str) -> str:
    """An item of Zhejiang's 2025 opinion on spot checks of industrial products."""
    return f"浙江省市场监管局关于优化工业产品质量监督抽查工作制度的意见（2025-09-09） {item}"


def lab_rules(article: str) -> str:
    """An article of the rules on supervision of testing laboratories (order 39)."""
    return f"检验检测机构监督管理办法（市场监管总局令第39号）{article}"
