"""People whose names test the search (PLAT-17), with the way each is typed, written by hand.

``SURNAMES``: family names with several readings, each typed in both. ``PEOPLE``: the rest, each typed as a beginning
or part of the name, in full pinyin, in initials, or as surname and initials.
"""

from __future__ import annotations

SURNAMES = [
    ("单雅琴", "shanyaqin", "danyaqin"), ("仇英卓", "qiuyingzhuo", "chouyingzhuo"), ("解缙云", "xiejinyun", "jiejinyun"),
    ("区佩芝", "oupeizhi", "qupeizhi"), ("朴信惠", "piaoxinhui", "puxinhui"), ("查良镛", "zhaliangyong", "chaliangyong"),
    ("曾巩固", "zenggonggu", "cenggonggu"), ("盖叫天", "gejiaotian", "gaijiaotian"), ("尉天骄", "weitianjiao", "yutianjiao"),
    ("乐毅夫", "yueyifu", "leyifu"), ("翟墨林", "zhaimolin", "dimolin"), ("员半千", "yunbanqian", "yuanbanqian"),
    ("缪荃孙", "miaoquansun", "mouquansun"), ("覃海洋", "qinhaiyang", "tanhaiyang"), ("黑学良", "hexueliang", "heixueliang"),
    ("折可适", "shekeshi", "zhekeshi"), ("种师道", "chongshidao", "zhongshidao"), ("秘彭祖", "bipengzu", "mipengzu"),
    ("召公奭", "shaogongshi", "zhaogongshi"), ("繁延寿", "poyanshou", "fanyanshou"), ("尉迟敬德", "yuchijingde", "weichijingde"),
    ("单于令尊", "chanyulingzun", "danyulingzun"), ("长孙无忌", "zhangsunwuji", "changsunwuji"),
    ("车晓彤", "chexiaotong", "juxiaotong"), ("贾思勰", "jiasixie", "gusixie"), ("谌贻琴", "chenyiqin", "shenyiqin"),
    ("隗瀛涛", "weiyingtao", "kuiyingtao"), ("瞿秋白", "quqiubai", "juqiubai"), ("盛怀瑾", "shenghuaijin", "chenghuaijin"),
    ("吕碧城", "lvbicheng", "lubicheng"),
]  # fmt: skip

PEOPLE = [
    ("赵匡胤", "赵匡", "zhaokuangyin", "zky"), ("钱学森", "学森", "qianxuesen", "qxs"), ("孙思邈", "孙思", "sunsimiao", "ssm"),
    ("李清照", "清照", "liqingzhao", "liqz"), ("周树人", "周树", "zhoushuren", "zsr"), ("吴承恩", "承恩", "wuchengen", "wuce"),
    ("郑和平", "郑和", "zhengheping", "zhenghp"), ("王羲之", "羲之", "wangxizhi", "wxz"), ("冯梦龙", "梦龙", "fengmenglong", "fml"),
    ("陈寅恪", "寅恪", "chenyin", "cheny"), ("褚遂良", "遂良", "chusuiliang", "csl"), ("卫青川", "青川", "weiqingchuan", "wqc"),
    ("蒋方震", "方震", "jiangfangzhen", "jfz"), ("沈括远", "括远", "shenkuoyuan", "sky"), ("韩非凡", "非凡", "hanfeifan", "hff"),
    ("杨万里", "万里", "yangwanli", "ywl"), ("朱自清", "自清", "zhuziqing", "zzq"), ("秦九韶", "九韶", "qinjiushao", "qjs"),
    ("许慎独", "慎独", "xushendu", "xsd"), ("何绍基", "绍基", "heshaoji", "hsj"), ("施耐庵", "耐庵", "shinaian", "sna"),
    ("张择端", "择端", "zhangzeduan", "zzd"), ("孔尚任", "尚任", "kongshangren", "ksr"), ("曹雪芹", "雪芹", "caoxueqin", "cxq"),
    ("严复兴", "复兴", "yanfuxing", "yfx"), ("华罗庚", "罗庚", "hualuogeng", "hlg"), ("金圣叹", "圣叹", "jinshengtan", "jst"),
    ("魏源清", "源清", "weiyuanqing", "wyq"), ("陶渊明", "渊明", "taoyuanming", "tym"), ("姜夔然", "夔然", "jiangkuiran", "jkr"),
    ("戚继光", "继光", "qijiguang", "qjg"), ("谢灵运", "灵运", "xielingyun", "xly"), ("邹韬奋", "韬奋", "zoutaofen", "ztf"),
    ("喻嘉言", "嘉言", "yujiayan", "yjy"), ("柏拉图", "拉图", "bailatu", "blt"), ("水均益", "均益", "shuijunyi", "sjy"),
    ("Martha Jones", "jones", "marthajones", "marth"), ("四川锦里商贸有限公司", "锦里", "sichuanjinli", "scjl"),
    ("成都天府置业有限公司", "天府置业", "chengdutianfu", "cdtf"), ("重庆山城物业", "山城", "chongqingshancheng", "cqsc"),
    ("长沙橘洲地产", "橘洲", "changshajuzhou", "csjz"), ("厦门鹭岛贸易", "鹭岛", "xiamenludao", "xmld"),
    ("欧阳修竹", "修竹", "ouyangxiuzhu", "oyxz"), ("司马相如", "相如", "simaxiangru", "smxr"),
    ("诸葛孔明", "孔明", "zhugekongming", "zgkm"), ("上官婉儿", "婉儿", "shangguanwaner", "sgwe"),
    ("慕容雪村", "雪村", "murongxuecun", "mrxc"),
]  # fmt: skip

QUERIES = [(name, typed) for name, *ways in (*SURNAMES, *PEOPLE) for typed in ways]
