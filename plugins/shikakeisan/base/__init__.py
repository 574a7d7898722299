"""年度の開始と新年度個人基本 (A-2): who is taxed here on 1 January, and why somebody is not."""
