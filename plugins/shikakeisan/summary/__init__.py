"""給与支払報告書総括表 (A-1): the forms that payers get before they report what they paid."""
