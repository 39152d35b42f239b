"""The words on the screen: Chinese in the source, other languages from `resources/translations`."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from hsdesk.desk.values import Sentence
from hsdesk.errors import DeskError
from hsdesk.model.resource import resource_dir

CONTEXT = "ui"
ERRORS = "hsdesk"


def tr(text: str, /, **values: object) -> str:
    """Return a sentence in the language of the window, with `{name}` pieces filled in."""
    shown = QCoreApplication.translate(CONTEXT, text)
    return shown.format(**values) if values else shown


def error_text(error: DeskError) -> str:
    """Return what a person is told about an error, in the language of the window."""
    shown = QCoreApplication.translate(ERRORS, error.template)
    return shown.format(**error.values) if error.values else shown


def sentence_text(sentence: Sentence) -> str:
    """Return what the desk says, in the language of the window."""
    return QCoreApplication.translate(ERRORS, sentence.template).format(**sentence.values)


_LEFT_OUT = {  # what Qt's own Chinese lacks in its file dialogs
    ("QFileDialog", "&Look in:"): "查找范围(&L)：",
    ("QFileDialog", "Files of &type:"): "文件类型(&T)：",
    ("QAbstractFileIconProvider", "Folder"): "文件夹",
    ("QAbstractFileIconProvider", "File"): "文件",
    ("QAbstractFileIconProvider", "Drive"): "磁盘",
}


class QtTranslator(QTranslator):
    """Qt's own Chinese, with what it leaves out."""

    def translate(
        self, context: str, source_text: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        """Return the translation, or None so that Qt goes on with the source text."""
        own = _LEFT_OUT.get((context, source_text))
        return own or super().translate(context, source_text, disambiguation, n) or None


class TsTranslator(QTranslator):
    """Reads a Qt Linguist `.ts` file as it is: the Essentials wheel brings no compiler for it."""

    def __init__(self, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = read_ts(language)

    def isEmpty(self) -> bool:  # noqa: N802
        return not self.texts

    def translate(
        self, context: str, source_text: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        """Return the translation, or None so that Qt goes on with the source text."""
        return self.texts.get((context, source_text))


def read_ts(language: str) -> dict[tuple[str, str], str]:
    """Return (context, source) → translation of `resources/translations/hsdesk_LANGUAGE.ts`."""
    from xml.etree import ElementTree as Xml

    path = resource_dir() / "translations" / f"hsdesk_{language}.ts"
    if not path.exists():
        return {}
    found: dict[tuple[str, str], str] = {}
    for context in Xml.parse(path).getroot().iter("context"):  # noqa: S314
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            text = message.findtext("translation")
            if text:
                found[name, message.findtext("source") or ""] = text
    return found


def speak(application: QCoreApplication, language: str) -> None:
    """Set locale and translators: zh_CN with Qt's own Chinese, or another language of ours."""
    for old in application.findChildren(QTranslator):
        application.removeTranslator(old)
        old.deleteLater()
    chinese = not language or language.startswith("zh")
    QLocale.setDefault(QLocale("zh_CN" if chinese else language))
    if chinese:
        translator: QTranslator = QtTranslator(application)
        translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    else:
        translator = TsTranslator(language, application)
    application.installTranslator(translator)


def size_words(size: int) -> str:
    """Return an amount of bytes for people.

    >>> size_words(900), size_words(15_300), size_words(2_400_000), size_words(5 * 1024 * 1024)
    ('1 KB', '15 KB', '2.3 MB', '5 MB')
    """
    if size < 1024 * 1024:
        return f"{max(round(size / 1024), 1)} KB"
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0") + " MB"
