"""Password policy per realm (SECURITY.md, section 1)."""


class StaffPasswordValidator:
    def validate(self, password: str, user: object = None) -> None:
        return None

    def get_help_text(self) -> str:
        return ""
