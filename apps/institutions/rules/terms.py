"""Who acts, the limits that run, and the articles: the words that the rows of the licence process share."""

from apps.accounts.constants import Role

CLERK, REVIEWER, EXPERT = Role.WINDOW_CLERK, Role.REVIEWER, Role.REVIEW_EXPERT
APPROVER, SEAL, LEADER = Role.APPROVER, Role.SEAL_KEEPER, Role.LEADER
SUPERVISOR, OFFICER, LEGAL = Role.SUPERVISOR, Role.OFFICER, Role.LEGAL_REVIEWER

ACCEPT, CORRECT, REVIEW, RECTIFY = "CMA.ACCEPT", "CMA.CORRECT", "CMA.REVIEW", "CMA.RECTIFY"
INFORMED_DECIDE, INFORMED_ISSUE = "CMA.COMMITMENT.DECIDE", "CMA.COMMITMENT.ISSUE"
INFORMED_CHECK, INFORMED_RECTIFY = "CMA.COMMITMENT.CHECK", "CMA.COMMITMENT.RECTIFY"
DECIDE, EXTENSION, ISSUE = "CMA.DECIDE", "CMA.DECIDE.EXTENSION", "CMA.ISSUE"

ALL_32, ALL_34, ALL_38, ALL_42 = (
    "《行政许可法》第三十二条",
    "《行政许可法》第三十四条",
    "《行政许可法》第三十八条",
    "《行政许可法》第四十二条",
)
ALL_44, ALL_45 = "《行政许可法》第四十四条", "《行政许可法》第四十五条"
CMA_RULE = "《检验检测机构资质认定管理办法》"
INFORMED_RULE = "《检验检测机构资质认定告知承诺实施办法（试行）》"
ALL_69, ALL_70 = "《行政许可法》第六十九条", "《行政许可法》第七十条"
ORDER_16 = "《市场监督管理行政许可程序暂行规定》第四十三条至第四十五条"
