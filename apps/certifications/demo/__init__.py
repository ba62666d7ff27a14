"""The demo city: fictional organisations and certificates, made fast and always the same from one seed.

No name here belongs to anybody: every organisation is 示例·…, every body 示例认证…, and no real certification body is
ever said to have issued a fictional certificate.
"""
