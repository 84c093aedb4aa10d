"""Messages in two languages: a text that is English wherever text is wanted, and knows its Chinese."""

from __future__ import annotations

from typing import Any

from tanfeng.data.messages import chinese


class Wording(str):
    """A message: the text itself is English, `zh` is the same in Chinese.

    Example:
        >>> Wording("没有", "nothing"), Wording("没有", "nothing").zh
        ('nothing', '没有')
    """

    zh: str

    def __new__(cls, zh: str, en: str) -> Wording:
        """Make one of both texts."""
        made = super().__new__(cls, en)
        made.zh = zh
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Say how it is handed to another process."""
        return self.zh, str(self)


def say(zh: str, en: str, **values: Any) -> Wording:
    """Return a message with its values filled in, each in the language it stands in.

    Example:
        >>> say("应为{what}", "expected {what}", what=Wording("数字", "a number")).zh
        '应为数字'
    """
    return Wording(zh.format(**{name: said(value, "zh") for name, value in values.items()}), en.format(**values))


def said(text: Any, lang: str) -> Any:
    """Return a message in a language; what is none is the same in both.

    Example:
        >>> said(Wording("没有", "nothing"), "zh"), said("a whole number", "zh"), said("B7", "zh")
        ('没有', '整数', 'B7')
    """
    if lang != "zh" or not isinstance(text, str):
        return text
    return text.zh if isinstance(text, Wording) else chinese(text)


def listed(texts: list[Any], zh: str = "、", en: str = ", ") -> Wording:
    """Return several texts as one.

    Example:
        >>> listed(["a", "b"]).zh
        'a、b'
    """
    return Wording(zh.join(said(text, "zh") for text in texts), en.join(texts))
