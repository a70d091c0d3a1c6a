/** `fundpulse.yaml` of a new workspace: every key, what it means, and its default. */
export const CONFIG_TEMPLATE = `# fundpulse configuration 配置
# Check it with:  fundpulse check
# Every key but jurisdiction, source and privacy.personKey may be left out; commented keys show the default.
# \${NAME} takes an environment variable 环境变量. Relative paths start at this file 相对路径以本文件为起点.

# Whose fund this is 统筹区. level: county 县区 | city 市 | province 省. Keep the code in quotes.
jurisdiction: {name: 山丹县, admdvs: "620725", level: county}

# Months and days are counted in this zone 时区
# timezone: Asia/Shanghai

# Where events come from 数据来源: a drop folder 投放文件夹 …
source: {kind: folder, path: inbox}
# … or Kafka. topics: leave out for the defaults, or name only the streams that you have.
# source:
#   kind: kafka
#   brokers: ["127.0.0.1:9092"]
#   groupId: fundpulse-county        # left out: made from the state's id 留空则由状态库标识生成
#   clientId: fundpulse
#   topics: {settlement: fund.settlement, enrolment: fund.enrolment, facility: fund.facility}
#   ssl: false                       # true, or {ca: ca.pem, cert: client.pem, key: client.key}
#   sasl: {mechanism: scram-sha-512, username: fundpulse, password: "\${KAFKA_PASSWORD}"}
#   schemaRegistry: {url: "http://127.0.0.1:8081"}
#   fields: {medfee_sumamt: [total_fee]}   # other names of fields 字段别名; a folder source takes them too,
#                                          # and encoding: gb18030 | gbk | utf-16le | utf-16be for NDJSON 文件编码

# Who computes the figures of the settlements 计算引擎: this program, or a Flink job (docs/scale-out.md)
# engine: {kind: embedded}           # or {kind: flink, figures: fund.figures}, the topic that the job writes 指标主题;
#                                    # archive: folder in which the job keeps every settlement 结算存档

# Folder with facilities.csv, categories.csv, divisions.csv 参照表
# reference: reference

# Folder for state and published files 状态与发布文件; one process at a time
# data: data

# At most one publish in so many seconds 发布间隔（秒）; what DuckDB may hold in memory meanwhile 发布内存上限
# publish: {everySeconds: 1, memory: 1GB}

periods:
  # Settlements before this day are quarantined as too_old 起始日
  firstDay: 2023-01-01
  # Days after a period's end until it is due for closing 月结延迟天数
  # closeAfterDays: 10
  # Day figures are kept for so many days, those by facility for fewer 日指标保留天数
  # keepDays: 800
  # keepFacilityDays: 92
  # dayGroupings: [total, care, care+category, care+region, care+tier, care+district, care+facility]

# Which dimensions are combined 分组; person counts cost more, so they have a list of their own.
# Leave out for the full set; docs/configuration.md lists it.
# groupings: [total, care, care+category, care+region, care+tier, care+facility]
# personGroupings: [total, care, care+category, care+facility]

# A refund counts in the period of its own settlement time, or of the original's 退费归属期
# refunds: own-period                # own-period | original-period

# insutype codes of each insurance 险种; a code that is not listed is quarantined as bad_value
# An open list: codes may be moved, and more insurances named; each has a fund of its name for settled_expense.
# insurances: {employee: ["310", "340"], resident: ["390", "391", "392"], maternity: ["510"]}
# For example {veteran: ["340", "350"], long_term_care: ["410"]}: the others keep what is left of their codes.
# Kinds of persons by leading digits of psn_type, and channels by setl_type, beside the national codes 人员类别、结算渠道
# personKinds: {veteran: ["34"]}
# channels: {direct: ["3"]}
# clr_way codes that are paid by case 按病种付费
# casePayment: ["20", "2"]

# Groups of care places 就医分组; the first match wins. Several values of one dimension are an "or",
# several dimensions an "and". Dimensions: region, tier, ownership, kind.
# careGroups:
#   - {name: 市外, when: {region: [province, national]}}
#   - {name: 市内三级, when: {tier: ["3"]}}
#   - {name: 市内一级及以下}

# What counts as reimbursed 报销金额的构成
# reimbursed: [pool_paid, critical_paid, large_paid, aid_paid]
# What counts as benefit spending 基金支出的构成, per insurance
# benefit: {resident: [pool_paid], employee: [pool_paid, large_paid, account_paid], maternity: [pool_paid]}

privacy:
  # Person numbers are replaced by a keyed pseudonym 个人编号加密. Choose a long random key and keep it:
  # without it the state cannot be continued.  export FUNDPULSE_PERSON_KEY="$(openssl rand -hex 32)"
  personKey: "\${FUNDPULSE_PERSON_KEY}"
  # Counts below this are suppressed in the public edition 公开版隐去低于此数的人次、人数; 10 is usual
  # smallCell: 0

# Metrics and health 运维端口. A host that other machines can reach needs a token.
# ops: {host: 127.0.0.1, port: 9464, token: "\${FUNDPULSE_OPS_TOKEN}"}

# The web page and its API 监测页面. On this machine anyone may look; a host that other machines can reach needs
# tokens: [{name: 张三, role: viewer, token: "\${TOKEN_ZHANG}"}]; roles viewer 查看 | officer 处理预警、查询 | detail 看结算明细.
# monitor: {host: 127.0.0.1, port: 8321, tokens: [], loopback: officer, staleSeconds: 300, smallCell: 0}

# Alerts 预警, judged on every publish. Left out: the default list (docs/alerts.md); [] turns them off. For example:
# alerts:
#   - name: 职工统筹支出超进度
#     indicator: settled_progress      # any indicator of data_dictionary, or facility_silence, quarantine_age …
#     where: {fund: employee_pool}     # dimensions; one of them may be "*": a rule for each value
#     period: year                     # day | month | quarter | half | year | ytd: the current one
#     aheadOfYear: 0.05                # or above, below, changeAbove, changeBelow, aheadOfPeers: upper | lower
#     atLeast: {visits: 30}            # silent on small numbers
#     severity: warning                # info | warning | critical
#     hold: 3                          # versions in a row before it opens, and before it clears
# Where they are sent 通知. Robots of groups: wecom 企业微信, dingtalk 钉钉, feishu 飞书; any other receiver: webhook.
# notify:
#   - {kind: wecom, url: "\${FUNDPULSE_WECOM_URL}", severity: warning}
#   - {kind: dingtalk, url: "\${FUNDPULSE_DINGTALK_URL}", secret: "\${FUNDPULSE_DINGTALK_SECRET}"}
#   - {kind: email, host: smtp.example.gov.cn, port: 465, secure: true, username: u, password: "\${SMTP_PASSWORD}", from: "fundpulse@example.gov.cn", to: ["office@example.gov.cn"]}

# Printed tables (schema 报表): rounding half-up 四舍五入 | cut-off 截断;
# a change from base 0 prints 100.00 (hundred) or nothing (blank); the names of the categories
# that the tables cover (an empty list: all of the care); lines that only the books know; row labels; and by table id, as SELECT * FROM 报表.目录 lists them, what one table prints
# otherwise: {headings: {key: 表头}, labels: {合计: 总计}, columns: [key], totalFirst: true, subtotals: false,
# facilities: [name], unsigned: true, paid: reimbursed}
# templates: a Word document (or a built-in name, \`fundpulse report templates\`) by kind of period, written by \`nightly\` too;
# formats: docx, xlsx, html, md, pdf; absent: printed for a figure that does not exist.
# {month: 月报.docx, quarter: county-quarter-notice, half: 半年模板.docx, year: 年报.docx} for templates, for example;
# words: of a difference, a relative change and a rate that rises, falls or stays; summary: which of the bureau's care
# groups, categories and facilities stand on the lines of 工作总结.
# report: {rounding: half-up, zeroBase: hundred, templates: {}, formats: [docx], absent: —, words: {change: [增加, 减少, 持平], growth: [增长, 下降, 持平], move: [上升, 降低, 持平]}, categories: {inpatient: [], chronic: [门诊慢特病, 慢特病门诊, 门诊慢性特殊疾病, 门诊特殊慢性病], general: [普通门诊, 门诊统筹], two: [门诊两病, 门诊“两病”, 两病门诊, 高血压糖尿病门诊用药], negotiated: [国家谈判药门诊, 国谈药门诊, 谈判药品, 国谈药/单独支付药品]}, summary: {careGroups: {市域外: 市域外, 县外市域内: 县外市域内, 县二级: 县二级, 县一级民营: 县一级民营, 乡镇级: 乡镇级, 村级: 村级}, categories: {普通住院: [普通住院], 单病种住院: [单病种住院], 分娩: [分娩, 生育住院], 外伤: [外伤, 外伤住院], 普通门诊: [普通门诊], 常见慢性病门诊: [常见慢性病门诊, 常见慢性病, 门诊慢特病, 门诊慢性特殊疾病], 特殊慢性病门诊: [特殊慢性病门诊, 特殊慢性病], 门诊单病种: [门诊单病种], 普通门诊刷卡: [普通门诊刷卡, 普通门诊刷卡个人账户, 普通门诊], 药店购药: [药店购药, 药店购药个人账户, 个人账户]}, facilities: {县人民医院: 县人民医院, 县第二人民医院: 县第二人民医院, 上和医院: 上和医院, 县中医院: 县中医院}}, booked: [{subject: allowance, line: 生育津贴}], labels: {}, tables: {}}

# What \`verify\` may hold in memory, 256MB or more; beyond it, it works on disk under data/work 核对内存上限
# verify: {memory: 1GB}

# trace | debug | info | warn | error | fatal | silent 日志级别
# log: {level: info}
`;
