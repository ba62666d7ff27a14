"""What papers have in common: the head of an official document, whom to ask, what to do against it, the articles."""

from django.utils.translation import gettext_lazy as _

from apps.documents.rules import Field, Form

F = Field

HEAD = (
    F("authority", _("发文机关"), most=60),
    F("number", _("文号"), most=60),
    F("addressee", _("主送单位"), most=200),
    F("case_number", _("办件编号"), most=60),
    F("matter", _("事项名称"), most=200),
    F("date", _("成文日期"), Form.DAY),
)
CONTACT = (
    F("contact", _("联系人"), required=False, most=60),
    F("phone", _("联系电话"), required=False, most=40),
    F("address", _("联系地址"), required=False, most=200),
    F("verify_url", _("核验网址"), Form.URL, required=False),
)
REMEDIES = (
    F("reconsideration_authority", _("行政复议机关"), most=100),
    F("court", _("有管辖权的人民法院"), most=100),
)
BASIS = F("basis", _("法律依据"), Form.LIST, most=20)
