"""Encodings: certain ones are used, guesses need confirmation, and bad bytes are reported."""

from pathlib import Path

import pytest

from leads_cli.importing.encodings import find_encoding
from leads_cli.importing.errors import UnreadableFileError

ZOE = "Company,Contact\nÅsa & Söhne,Zoë\n"
TEXTS = {
    "cp1252": "Firma;Ort\nMüller GmbH;Köln\nSociété Générale;Orléans\n",
    "iso8859_15": "Yritys;Hinta\nŠkoda Töölö;50 €\n",
    "mac_roman": "Firma;Ort\nMüller GmbH;Köln\nSociété Générale;Orléans\n",
    "cp1250": "Firma;Miasto\nŁódzka Spółka;Łódź\nŻabka;Gdańsk\n",
    "iso8859_2": "Firma;Miasto\nŚwiat;Łódź\nA;Świdnica\n",
    "cp852": "Firma;Miasto\nŁódzka Spółka;Łódź\nŻabka;Gdańsk\n",
    "cp1251": "Компания;Email\nООО Ромашка;ivan@example.com\n",
    "cp1253": "Εταιρεία;Όνομα\nΑθήνα Α.Ε.;Γιώργος Παπαδόπουλος\n",
    "cp1254": "Şirket;Ad\nGüneş Işık;Çağrı Yılmaz\n",
    "cp932": "会社名,氏名\n株式会社テスト,山田太郎\n",
    "euc_jp": "会社名,氏名\n株式会社テスト,山田太郎\n",
    "iso2022_jp": "会社名,氏名\n株式会社テスト,山田太郎\n",
    "gb18030": "公司,姓名\n北京科技有限公司,王小明\n",
    "big5": "公司,姓名\n台灣積體電路,張忠謀\n鴻海精密,郭台銘\n",
    "cp949": "회사,이름\n삼성전자,김철수\n",
    "koi8_r": "Компания;Email\nООО Ромашка;ivan@example.com\n",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "leads.csv"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"Company\nA\n", "UTF-8"),
        (ZOE.encode(), "UTF-8"),
        (ZOE.encode("utf-8-sig"), "UTF-8"),
        (ZOE.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + ZOE.encode("utf-16-be"), "UTF-16"),
        (ZOE.encode("utf-16-le"), "UTF-16"),
        (ZOE.encode("utf-16-be"), "UTF-16"),
        ("Компания,Имя\nРомашка,Иван\n".encode("utf-16-le"), "UTF-16"),
        ("会社名,氏名\nトヨタ,鈴木一郎\n".encode("utf-16-be"), "UTF-16"),
        (ZOE.encode("utf-32"), "UTF-32"),
    ],
    ids=["ascii", "utf-8", "mark", "utf-16", "big", "no mark", "big, no mark", "Cyrillic", "Japanese", "utf-32"],
)
def test_unicode_is_certain(path: Path, content: bytes, name: str) -> None:
    path.write_bytes(content)
    encoding = find_encoding(path)
    assert (encoding.name, encoding.is_certain) == (name, True)
    assert path.read_text(encoding=encoding.codec).endswith(content.decode(encoding.codec).splitlines()[-1] + "\n")


@pytest.mark.parametrize("codec", TEXTS)
def test_another_encoding_is_a_guess_with_sample_text(path: Path, codec: str) -> None:
    path.write_bytes(TEXTS[codec].encode(codec))
    encoding = find_encoding(path)
    assert not encoding.is_certain
    assert path.read_text(encoding=encoding.codec) == TEXTS[codec]
    first, *others = encoding.candidates
    assert first.codec == encoding.codec
    assert TEXTS[codec].splitlines()[1] in first.text
    assert all(other.text != first.text for other in others)


@pytest.mark.parametrize(
    ("codec", "line"),
    [("mac_roman", "São;Conceição"), ("cp850", "Søren;Ærø"), ("cp1255", "תל אביב;חיפה"), ("cp1252", "A;5 €")],
)
def test_the_right_encoding_is_among_the_guesses(path: Path, codec: str, line: str) -> None:
    path.write_bytes(f"Company;City\n{line}\n".encode(codec))
    assert line in [candidate.text for candidate in find_encoding(path).candidates]


def test_encodings_with_the_same_text_are_one_guess(path: Path) -> None:
    path.write_bytes("Firma;Ort\nMüller;Köln\n".encode("iso8859_15"))
    texts = [candidate.text for candidate in find_encoding(path).candidates]
    assert find_encoding(path).codec == "cp1252"
    assert len(set(texts)) == len(texts)


def test_lines_in_which_guesses_differ_are_shown(path: Path) -> None:
    path.write_bytes(
        "".join(f"Jürgen {name}\n" for name in ["Öztürk", "Weiß", "Müller", "Köhler", "Škoda"]).encode("iso8859_15")
    )
    assert "Jürgen Škoda" in find_encoding(path).candidates[0].text


def test_the_last_line_is_examined_too(path: Path) -> None:
    path.write_bytes(b"Company\n" + b"x\n" * 600_000 + "Söhne\n".encode("cp1252"))
    encoding = find_encoding(path)
    assert (encoding.is_certain, encoding.candidates[0].text) == (False, "Söhne")


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ([b"Company", "Müller".encode(), b"Bj\xf6rk", b"A"], "line 3 has"),
        ([b"Company", "Müller".encode(), b"Bj\xf6rk", b"A", b"K\xf6ln D\xfcren"], "lines 3, 5 have"),
        ([b"\xef\xbb\xbfCompany", b"Bj\xf6rk"], "line 2 has"),
        (["Компания,Имя".encode(), "Ромашка".encode(), b"Bj\xf6rk"], "line 3 has"),
        (["東京,大阪".encode(), b"Bj\xf6rk"], "line 2 has"),
        ([b"Company", "Müller, Köln".encode(), "Müller".encode()[:-5]], "line 3 has"),
        (
            [b"Company", "Böhm Björk ".encode() * 10, *[b"Bj\xf6rk"] * 14],
            "lines 3, .*, 12 and 4 more lines have",
        ),
    ],
)
def test_bad_bytes_in_utf_8_are_refused_with_their_lines(path: Path, lines: list[bytes], named: str) -> None:
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(UnreadableFileError, match=f"is UTF-8, but {named} bytes that are not") as refused:
        find_encoding(path)
    assert "\n" not in str(refused.value)


def test_the_user_decides(path: Path) -> None:
    path.write_bytes(b"Company\n\xd4\xee\n")
    assert find_encoding(path, "windows-1251").is_certain
    assert path.read_text(encoding=find_encoding(path, "windows-1251").codec) == "Company\nФо\n"
    assert find_encoding(path, "cp1252").name == "Windows-1252, Western European"


def test_a_byte_order_mark_is_never_text(path: Path) -> None:
    path.write_bytes(ZOE.encode("utf-8-sig"))
    for chosen in ("UTF8", "cp1252"):
        assert path.read_text(encoding=find_encoding(path, chosen).codec) == ZOE


@pytest.mark.parametrize(
    ("content", "chosen", "message"),
    [
        (b"A\nB\xff\n", "utf-8", "line 2 has"),
        (b"A\n\x81\n", "cp1252", "line 2 has"),
        (b"A\n", "klingon", "not a text encoding"),
        (b"A\n", "base64", "not a text encoding"),
        (b"A\n\xff", "utf-16", "UTF-16"),
        (b"A\n\x00", "utf-8", "is not text in UTF-8"),
    ],
)
def test_a_wrong_encoding_of_the_user_is_refused(path: Path, content: bytes, chosen: str, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=message):
        find_encoding(path, chosen)


@pytest.mark.parametrize("chosen", [None, "utf-8"])
def test_lines_with_a_few_nul_bytes_are_named(path: Path, chosen: str | None) -> None:
    path.write_bytes(ZOE.encode() + b"Ac\0me,Ann\nB,Bea\nC\0,Cid\n")
    with pytest.raises(UnreadableFileError, match="is UTF-8, but lines 3, 5 have NUL bytes, which no text has: delete"):
        find_encoding(path, chosen)


def test_many_nul_bytes_mean_that_a_file_is_not_text(path: Path) -> None:
    path.write_bytes(b"\0\1\2\3" * 10)
    with pytest.raises(UnreadableFileError, match="is not text in UTF-8"):
        find_encoding(path)
