"""Names of months and weekdays in twelve languages, as dates have them.

They are English, German, French, Spanish, Italian, Dutch, Swedish, Norwegian, Danish, Portuguese, Polish and Finnish,
from Unicode's CLDR (by Babel 2.19): wide and abbreviated, within a date and alone. Only ``mrz`` is not: Excel writes
it in German, and ``feber``: Austrians do. No name is that of two months.
"""

import unicodedata

_MONTHS = """\
ene enero gen gennaio jan janeiro janner januar januari january janv janvier sty styczen stycznia \
tammi tammikuu tammikuuta
feb febbraio feber febrero februar februari february fev fevereiro fevr fevrier helmi helmikuu helmikuuta \
lut lutego luty
maalis maaliskuu maaliskuuta maart mar marca march marco mars marts marz marzec marzo mrt mrz
abr abril apr april aprile avr avril huhti huhtikuu huhtikuuta kwi kwiecien kwietnia
mag maggio mai maio maj maja may mayo mei touko toukokuu toukokuuta
cze czerwca czerwiec giu giugno juin jun june junho juni junio kesa kesakuu kesakuuta
heina heinakuu heinakuuta juil juillet jul julho juli julio july lip lipca lipiec lug luglio
ago agosto aout aug august augusti augustus elo elokuu elokuuta sie sierpien sierpnia
sep sept september septembre septiembre set setembro settembre syys syyskuu syyskuuta wrz wrzesien wrzesnia
loka lokakuu lokakuuta oct october octobre octubre okt oktober ott ottobre out outubro paz pazdziernik pazdziernika
lis listopad listopada marras marraskuu marraskuuta nov november novembre novembro noviembre
dec december decembre des desember dez dezember dezembro dic dicembre diciembre gru grudnia grudzien \
joulu joulukuu joulukuuta
"""
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS.splitlines(), start=1) for name in names.split()}
_WEEKDAYS = """\
mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday
mo montag di dienstag mi mittwoch do donnerstag fr freitag sa samstag sonnabend so sonntag
lun lundi mar mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche
lunes martes mie miercoles jue jueves vie viernes sab sabado dom domingo
lunedi martedi mercoledi gio giovedi venerdi sabato domenica
ma maandag dinsdag wo woensdag donderdag vr vrijdag za zaterdag zo zondag
man mandag mandagen tis tisdag tir tirs tirsdag ons onsdag tor tors torsdag fre fredag lor lordag lør lørdag
son sondag søn søndag
seg segundafeira ter tercafeira qua quartafeira qui quintafeira sex sextafeira
pon poniedziałek wt wtorek sr sroda czw czwartek pt piatek sob sobota niedz niedziela
maanantai maanantaina ti tiistai tiistaina ke keskiviikko keskiviikkona to torstai torstaina pe perjantai
perjantaina la lauantai lauantaina su sunnuntai sunnuntaina
"""
_WEEKDAY_NAMES = frozenset(_WEEKDAYS.split())


def month_number(name: str) -> int | None:
    """The number of a month, from 1, by its name in any letter case, with or without accents and a point behind."""
    return _MONTH_NUMBERS.get(_folded(name))


def is_weekday(name: str) -> bool:
    """Whether it is the name of a weekday, in any of these spellings."""
    return _folded(name) in _WEEKDAY_NAMES


def _folded(name: str) -> str:
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", name.casefold())))
