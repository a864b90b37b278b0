"""The release of ten pledges in Traditional Chinese, and what a reader would take for each title."""

TEN_PLEDGES_IN_CHINESE = """港口城市同意深化合作

兩地政府於2026年3月12日在香港舉行會議。這是雙方第三次會議。

文化

康樂及文化事務署將於2027年在上海舉辦海港周。
雙方會互換畫展。
兩地博物館去年合辦了兩個展覽。
香港將邀請約40名年輕音樂家到上海，並會出版他們的錄音。

金融

雙方將就綠色金融舉行定期會議。
香港計劃於2027年6月30日或之前為金融科技企業開設辦事處。
兩地市場其後均有增長。

港口

海事處與上海海事局簽署了諒解備忘錄。
雙方將於兩年內出版共同的海港地圖。
香港將於2027年培訓25名領港員。
上海將於2028年培訓25名領港員。
"""
# By the words with which each pledge begins in English.
CHINESE_TITLES = {
    "The Leisure and Cultural": "在上海舉辦海港周",
    "Both sides will exchange": "互換畫展",
    "Hong Kong will invite": "邀請約40名年輕音樂家到上海",
    "will publish their": "出版他們的錄音",
    "Both sides will hold": "就綠色金融舉行定期會議",
    "Hong Kong is planning": "為金融科技企業開設辦事處",
    "The Marine Department": "海事處與上海海事局簽署諒解備忘錄",
    "Both sides will publish": "出版共同的海港地圖",
    "Hong Kong will train": "培訓25名領港員",
    "Shanghai will train": "培訓25名領港員",
}
