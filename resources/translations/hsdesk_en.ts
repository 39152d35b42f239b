<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="zh_CN">
<context>
    <name>ui</name>
    <message>
        <source>{names}等 {n} 处</source>
        <translation>{names} and others, {n} in all</translation>
    </message>
    <message>
        <source>{where}按回车再存一次。{why}</source>
        <translation>{where}Press Enter to save it again. {why}</translation>
    </message>
    <message>
        <source>不要了，离开</source>
        <translation>Give it up and leave</translation>
    </message>
    <message>
        <source>再存一次</source>
        <translation>Save again</translation>
    </message>
    <message>
        <source>添加填报人（姓名）</source>
        <translation>Add a person (name)</translation>
    </message>
    <message>
        <source>添加</source>
        <translation>Add</translation>
    </message>
    <message>
        <source>填报人</source>
        <translation>Who types here</translation>
    </message>
    <message>
        <source>谁填的记在谁名下。几个人共用一台电脑时，换人先在这里点一下。姓名报上去以后，只有上级能改。</source>
        <translation>What is typed bears the name of who typed it. Where several share a computer, click the name here before another goes on. Once a name has been sent, only officials change it.</translation>
    </message>
    <message>
        <source>有另一台电脑用这台电脑的编号上传过内容：可能是整盘复制，也可能是编号被盗用。本机的内容都在，已经改用新的编号上传，一条也没有少。请告诉系统管理员核对。</source>
        <translation>Another computer has sent data under this computer's number: a copied disk, or a stolen number. Everything here is safe and was sent under a new number; nothing is missing. Please let the administrator check.</translation>
    </message>
    <message>
        <source>代理地址（上网不用代理的不填）</source>
        <translation>Address of the proxy (leave empty without one)</translation>
    </message>
    <message>
        <source>这台电脑的时间（{here}）和市级服务器的（{there}）不一样，请把电脑的日期和时间调对。</source>
        <translation>The clock of this computer ({here}) differs from that of the city server ({there}). Please set date and time right.</translation>
    </message>
    <message>
        <source>刚才这一步没有办成，以前保存的内容都在。写着“没有存进去”的栏目，请按那里的提示办；没有这样的栏目，就可以接着用。反复出现时，请点「详情」把文字复制给技术人员。</source>
        <translation>That last step was not done; everything saved before is there. Where a field says “Not saved”, do as it says there; if none does, you can go on. If it happens again, click “Details” and copy the text for a technician.</translation>
    </message>
    <message>
        <source>有 {n} 处没有存进去</source>
        <translation>{n} not saved</translation>
    </message>
    <message>
        <source>没有存进去，只在屏幕上，请先不要关机。</source>
        <translation>Not saved: it is on the screen only. Please do not switch off. </translation>
    </message>
    <message>
        <source>没有存进去，已留作草稿，不会丢。</source>
        <translation>Not saved. It is kept as a draft and is not lost. </translation>
    </message>
    <message>
        <source>没有存进去：程序读不了这一栏，请换个写法再试。</source>
        <translation>Not saved: the program cannot read this. Please write it in another way.</translation>
    </message>
    <message>
        <source>按住显示</source>
        <translation>Hold to show</translation>
    </message>
    <message>
        <source>留在这一页</source>
        <translation>Stay on this page</translation>
    </message>
    <message>
        <source>第 {n} 行</source>
        <translation>Row {n}</translation>
    </message>
    <message>
        <source>还没有存进去</source>
        <translation>Not saved yet</translation>
    </message>
    <message>
        <source>还没有留在磁盘里，只在屏幕上，请先不要关机。{why}</source>
        <translation>Not on the disk yet, on the screen only. Please do not switch off. {why}</translation>
    </message>
    <message>
        <source>{names}没有存进去，不在磁盘里，只在屏幕上，离开就没有了。请先腾出磁盘空间（例如删除不用的文件），再点「再存一次」。</source>
        <translation>{names}: not saved and not on the disk, on the screen only. If you leave, it is gone. Please make room on the disk first (delete files you do not need), then click “Save again”.</translation>
    </message>
    <message>
        <source>从备份恢复</source>
        <translation>Restore a backup</translation>
    </message>
    <message>
        <source>选择…</source>
        <translation>Choose…</translation>
    </message>
    <message>
        <source>已保存</source>
        <translation>Saved</translation>
    </message>
    <message>
        <source>看全文</source>
        <translation>Read all</translation>
    </message>
    <message>
        <source>全文</source>
        <translation>The whole sentence</translation>
    </message>
    <message>
        <source>在本表查找</source>
        <translation>Search this list</translation>
    </message>
    <message>
        <source>转到别的村…</source>
        <translation>Move elsewhere…</translation>
    </message>
    <message>
        <source>彻底清除…</source>
        <translation>Erase for good…</translation>
    </message>
    <message>
        <source>“{name}”转到哪里？下次数据同步时转过去，历史和附件一起走。</source>
        <translation>Where does “{name}” go? It moves with the next sync, history and attachments included.</translation>
    </message>
    <message>
        <source>转过去</source>
        <translation>Move it</translation>
    </message>
    <message>
        <source>清除以后不能恢复：内容、修改记录和附件马上没有。以前的备份里还有，请按规定销毁旧备份。</source>
        <translation>Erasing cannot be undone: contents, history and attachments are gone at once. Older backups still hold them; destroy them as the rules say.</translation>
    </message>
    <message>
        <source>清除要由上级同意。申请在下次数据同步时交上去，在上级答复以前内容不变；同意以后各处的内容、修改记录和附件都清除，不能恢复。答复在「收发中心」里看。</source>
        <translation>An official has to agree to erasing. The request goes with the next sync, and nothing changes before it is answered; then contents, history and attachments are erased everywhere and cannot be brought back. The answer is shown under “Send and receive”.</translation>
    </message>
    <message>
        <source>申请清除</source>
        <translation>Ask to erase</translation>
    </message>
    <message>
        <source>“{form}”的清除申请：上级已同意，各处都已清除。</source>
        <translation>Request to erase in “{form}”: agreed, it is erased everywhere.</translation>
    </message>
    <message>
        <source>“{form}”的清除申请：上级没有同意。原因：{why}。内容都没有改动。</source>
        <translation>Request to erase in “{form}”: refused. Reason: {why}. Nothing has changed.</translation>
    </message>
    <message>
        <source>“{form}”的清除申请已经撤回，内容都没有改动。</source>
        <translation>Request to erase in “{form}”: taken back, nothing has changed.</translation>
    </message>
    <message>
        <source>彻底清除“{name}”</source>
        <translation>Erase “{name}” for good</translation>
    </message>
    <message>
        <source>清除原因，例如：本人要求删除个人信息</source>
        <translation>Reason, for example: the person asked for it</translation>
    </message>
    <message>
        <source>彻底清除</source>
        <translation>Erase for good</translation>
    </message>
    <message>
        <source>不清除</source>
        <translation>Keep it</translation>
    </message>
    <message>
        <source>按住不放就看得到完整的内容，松开就遮住；看过会记下来。</source>
        <translation>Hold it down to see the whole answer; let go to hide it again. That it was seen is noted.</translation>
    </message>
    <message>
        <source>作废原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>不冲正</source>
        <translation>Leave it</translation>
    </message>
    <message>
        <source>冲正</source>
        <translation>Reverse</translation>
    </message>
    <message>
        <source>冲正原因，例如：记错了户</source>
        <translation>Reason, for example: wrong household</translation>
    </message>
    <message>
        <source>冲正“{name}”</source>
        <translation>Reverse “{name}”</translation>
    </message>
    <message>
        <source>会新增一条分值相反的流水，注明冲正哪一条、为什么。原来的一条不改，两条都留着。</source>
        <translation>A new entry with the opposite points is added; it says which entry it reverses and why. The old one is not changed; both are kept.</translation>
    </message>
    <message>
        <source>冲正…</source>
        <translation>Reverse…</translation>
    </message>
    <message>
        <source>这一条已入账，只增不改。记错了请冲正。</source>
        <translation>This entry is booked and stays as it is. If it is wrong, reverse it.</translation>
    </message>
    <message>
        <source>看冲正的那一条</source>
        <translation>See the reversal</translation>
    </message>
    <message>
        <source>这一条已经冲正，两条都留着。</source>
        <translation>This entry has been reversed; both entries are kept.</translation>
    </message>
    <message>
        <source>可能重复：{which}。</source>
        <translation>Perhaps there twice: {which}.</translation>
    </message>
    <message>
        <source>打开那一条（Alt+O）</source>
        <translation>Open that one (Alt+O)</translation>
    </message>
    <message>
        <source>仍然是新的（Alt+N）</source>
        <translation>It is new all the same (Alt+N)</translation>
    </message>
    <message>
        <source>“{name}”在“{register}”里已有登记{told}。可以照抄：{labels}。</source>
        <translation>“{name}” is registered in “{register}”{told}. Can be copied: {labels}.</translation>
    </message>
    <message>
        <source>（{told}）</source>
        <translation> ({told})</translation>
    </message>
    <message>
        <source>照抄这些栏目（Alt+C）</source>
        <translation>Copy these answers (Alt+C)</translation>
    </message>
    <message>
        <source>不是同一人（Alt+N）</source>
        <translation>Somebody else (Alt+N)</translation>
    </message>
    <message>
        <source>{by} {day} 填</source>
        <translation>by {by} on {day}</translation>
    </message>
    <message>
        <source>“{title}”{told}已有一条，{when}</source>
        <translation>“{title}”{told} is here, {when}</translation>
    </message>
    <message>
        <source>不是同一条（Alt+N）</source>
        <translation>Not the same (Alt+N)</translation>
    </message>
    <message>
        <source>合并到那一条（Alt+M）</source>
        <translation>Merge into that one (Alt+M)</translation>
    </message>
    <message>
        <source>已合并到“{title}”。</source>
        <translation>Merged into “{title}”.</translation>
    </message>
    <message>
        <source>打开那一条</source>
        <translation>Open that one</translation>
    </message>
    <message>
        <source>撤销合并</source>
        <translation>Take the merge back</translation>
    </message>
    <message>
        <source>遮住号码（Alt+H）</source>
        <translation>Hide the number (Alt+H)</translation>
    </message>
    <message>
        <source>这里像是写了身份证号。按最小采集的要求，不要把身份证号写进备注。</source>
        <translation>This looks like an identity number. Collect as little as possible: identity numbers do not belong in remarks.</translation>
    </message>
    <message>
        <source>这里像是写了手机号。电话请填在专门的栏目，备注里只写事情。</source>
        <translation>This looks like a mobile number. Numbers go into their own field; here write only what happened.</translation>
    </message>
    <message>
        <source>这里像是写了银行卡号。请不要把银行卡号写进备注。</source>
        <translation>This looks like a bank card number. Bank card numbers do not belong in remarks.</translation>
    </message>
    <message>
        <source>没有在用的，另有 {n} 条已作废。</source>
        <translation>None in use; {n} deleted.</translation>
    </message>
    <message>
        <source>还有 {n} 项必须改</source>
        <translation>{n} must still be changed</translation>
    </message>
    <message>
        <source>已建</source>
        <translation>Begun</translation>
    </message>
    <message>
        <source>设备登记成功。现在可以按「数据同步」。</source>
        <translation>This computer is registered. You can press “Synchronise” now.</translation>
    </message>
    <message>
        <source>都核对好了。请再按一次「数据同步」，把结果传上去。</source>
        <translation>All decided. Please press “Synchronise” once more to send the result.</translation>
    </message>
    <message>
        <source>还有 {n} 处两边改得不一样，请核对取舍。</source>
        <translation>{n} answers are still different on the two sides; please choose.</translation>
    </message>
    <message>
        <source>{n} 处未填完，没有上传</source>
        <translation>{n} not finished, not sent</translation>
    </message>
    <message>
        <source>上一步</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>Excel 工作簿 (*.xlsx)</source>
        <translation>Excel workbook (*.xlsx)</translation>
    </message>
    <message>
        <source>PDF 文件 (*.pdf)</source>
        <translation>PDF file (*.pdf)</translation>
    </message>
    <message>
        <source>{done} / {total} 处</source>
        <translation>{done} of {total}</translation>
    </message>
    <message>
        <source>{done} 处</source>
        <translation>{done}</translation>
    </message>
    <message>
        <source>{first} 等 {n} 处</source>
        <translation>{first} and others, {n} places</translation>
    </message>
    <message>
        <source>{label}：删去了 {old}</source>
        <translation>{label}: removed {old}</translation>
    </message>
    <message>
        <source>{label}：填了 {new}</source>
        <translation>{label}: entered {new}</translation>
    </message>
    <message>
        <source>{label}：由 {old} 改成 {new}</source>
        <translation>{label}: {old} became {new}</translation>
    </message>
    <message>
        <source>{name}　去掉</source>
        <translation>{name}  – take off</translation>
    </message>
    <message>
        <source>{name}（{n} 行）</source>
        <translation>{name} ({n} rows)</translation>
    </message>
    <message>
        <source>{n} 处两边改得不一样，请核对取舍。</source>
        <translation> {n} answers were changed differently; please choose.</translation>
    </message>
    <message>
        <source>{n} 条</source>
        <translation>{n}</translation>
    </message>
    <message>
        <source>{n} 条没有收下，放在「暂存待改」。</source>
        <translation> {n} were not taken; they are under “Set aside”.</translation>
    </message>
    <message>
        <source>{when}　{who}</source>
        <translation>{when}  {who}</translation>
    </message>
    <message>
        <source>{who} 改的</source>
        <translation>Changed by {who}</translation>
    </message>
    <message>
        <source>{words}　{amount}　流量 {size}</source>
        <translation>{words}  {amount}  traffic {size}</translation>
    </message>
    <message>
        <source>「平均」是全市的平均，不是每个村都要达到。口径以市局为准。</source>
        <translation>“Average” is that of the whole city; not every village has to reach it. The city bureau decides how it is counted.</translation>
    </message>
    <message>
        <source>上传 {n} 处，市级服务器都已收到。</source>
        <translation>{n} sent, and received by the city server. </translation>
    </message>
    <message>
        <source>上传 {up}　下载 {down}</source>
        <translation>sent {up}  received {down}</translation>
    </message>
    <message>
        <source>上次没有填完，已帮您找回：{names}</source>
        <translation>Last time this was not finished; it was brought back: {names}</translation>
    </message>
    <message>
        <source>上次：{when}</source>
        <translation>Last time: {when}</translation>
    </message>
    <message>
        <source>下一处（F8）</source>
        <translation>Next one (F8)</translation>
    </message>
    <message>
        <source>下一步</source>
        <translation>Next</translation>
    </message>
    <message>
        <source>下次打开要输口令。</source>
        <translation>The passphrase will be asked for next time.</translation>
    </message>
    <message>
        <source>下次打开请用新口令。</source>
        <translation>Use the new passphrase next time.</translation>
    </message>
    <message>
        <source>下载 {n} 处。</source>
        <translation>{n} received.</translation>
    </message>
    <message>
        <source>不作废</source>
        <translation>Keep it</translation>
    </message>
    <message>
        <source>不再记住</source>
        <translation>Stop remembering</translation>
    </message>
    <message>
        <source>不用的可以收起来，内容不会少，随时可以再打开。</source>
        <translation>Put away what you do not use. Nothing is lost; it can be opened again any time.</translation>
    </message>
    <message>
        <source>不能打印</source>
        <translation>Cannot print</translation>
    </message>
    <message>
        <source>两个人把同一栏目改成了不同的内容，两份都留着。请选一个，或者另外填一个。</source>
        <translation>Two people changed the same answer differently. Both are kept. Choose one, or type another.</translation>
    </message>
    <message>
        <source>两次输入的口令不一样，请再输一遍。</source>
        <translation>The two passphrases differ. Please type it again.</translation>
    </message>
    <message>
        <source>两边改得不一样（{n} 处）</source>
        <translation>Changed differently on both sides ({n})</translation>
    </message>
    <message>
        <source>乡镇（街道）</source>
        <translation>Township</translation>
    </message>
    <message>
        <source>今天要办的</source>
        <translation>To do today</translation>
    </message>
    <message>
        <source>作废</source>
        <translation>Delete</translation>
    </message>
    <message>
        <source>作废“{name}”</source>
        <translation>Delete “{name}”</translation>
    </message>
    <message>
        <source>作废…</source>
        <translation>Delete…</translation>
    </message>
    <message>
        <source>作废原因，例如：重复登记、登记错了</source>
        <translation>Reason, for example: entered twice, entered by mistake</translation>
    </message>
    <message>
        <source>作废后不再列出、不再计数，但内容都留着，随时可以在「看已作废」里恢复。</source>
        <translation>It will no longer be listed or counted, but all of it is kept and can be restored under “Show deleted”.</translation>
    </message>
    <message>
        <source>修改记录</source>
        <translation>History</translation>
    </message>
    <message>
        <source>先不办</source>
        <translation>Not now</translation>
    </message>
    <message>
        <source>全部查找</source>
        <translation>Search everything</translation>
    </message>
    <message>
        <source>全部查找：姓名、名称、拼音首字母（Ctrl+F）</source>
        <translation>Search everything: name, pinyin, initials (Ctrl+F)</translation>
    </message>
    <message>
        <source>共 {n} 条</source>
        <translation>{n} in all</translation>
    </message>
    <message>
        <source>关于</source>
        <translation>About</translation>
    </message>
    <message>
        <source>其他</source>
        <translation>Other</translation>
    </message>
    <message>
        <source>其他页面</source>
        <translation>Other pages</translation>
    </message>
    <message>
        <source>再输一遍</source>
        <translation>Type it again</translation>
    </message>
    <message>
        <source>分子 {numerator}，分母 {denominator}，现在 {value}，目标 {target}。</source>
        <translation>Numerator {numerator}, denominator {denominator}, now {value}, target {target}.</translation>
    </message>
    <message>
        <source>别人改的</source>
        <translation>Theirs</translation>
    </message>
    <message>
        <source>加一行</source>
        <translation>Add a row</translation>
    </message>
    <message>
        <source>台账会变成备份时的样子。现在的数据另外保存在旁边，不会删掉；上报过的内容下次同步会取回来。</source>
        <translation>The desk becomes what it was when the backup was made. What is here now is kept beside it and not deleted; what has been sent comes back with the next sync.</translation>
    </message>
    <message>
        <source>原来的</source>
        <translation>Before</translation>
    </message>
    <message>
        <source>去修改</source>
        <translation>Mend it</translation>
    </message>
    <message>
        <source>去掉这一行</source>
        <translation>Remove this row</translation>
    </message>
    <message>
        <source>县（区）</source>
        <translation>County</translation>
    </message>
    <message>
        <source>参考</source>
        <translation>for reference</translation>
    </message>
    <message>
        <source>参考，没有目标</source>
        <translation>For reference, no target</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>口令已换</source>
        <translation>Passphrase changed</translation>
    </message>
    <message>
        <source>口径以市局为准。「此处不知」：要用的登记表不在这台电脑上，不是没有。</source>
        <translation>The city bureau decides how it is counted. “Not known here”: the register needed is not on this computer; it does not mean none.</translation>
    </message>
    <message>
        <source>另填一个</source>
        <translation>Type another</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>回车到下一栏，Ctrl+回车换行</source>
        <translation>Enter goes on, Ctrl+Enter makes a new line</translation>
    </message>
    <message>
        <source>回车到下一格，最后一格回车加一行</source>
        <translation>Enter goes to the next cell; in the last one it adds a row</translation>
    </message>
    <message>
        <source>在左边选一张表，这里就能看到打印出来的样子。</source>
        <translation>Choose a table at the left to see here how it prints.</translation>
    </message>
    <message>
        <source>在本表查找：名称、拼音首字母</source>
        <translation>Search this register</translation>
    </message>
    <message>
        <source>基本内容</source>
        <translation>Basics</translation>
    </message>
    <message>
        <source>备份到 U 盘…</source>
        <translation>Back up to a USB stick…</translation>
    </message>
    <message>
        <source>备份到哪里</source>
        <translation>Where to put the backup</translation>
    </message>
    <message>
        <source>备份在：{path}</source>
        <translation>The backup is here: {path}</translation>
    </message>
    <message>
        <source>大</source>
        <translation>Large</translation>
    </message>
    <message>
        <source>大小写、空格和短横都不要紧</source>
        <translation>Case, spaces and dashes do not matter</translation>
    </message>
    <message>
        <source>子表</source>
        <translation>roster</translation>
    </message>
    <message>
        <source>存为 PDF</source>
        <translation>Save as PDF</translation>
    </message>
    <message>
        <source>存到 U 盘</source>
        <translation>Save to a USB stick</translation>
    </message>
    <message>
        <source>存到 U 盘…</source>
        <translation>Save to a USB stick…</translation>
    </message>
    <message>
        <source>存到哪里</source>
        <translation>Where to save it</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>Excel</source>
        <translation>Excel</translation>
    </message>
    <message>
        <source>Word</source>
        <translation>Word</translation>
    </message>
    <message>
        <source>导出 Word</source>
        <translation>Export to Word</translation>
    </message>
    <message>
        <source>Word 文档 (*.docx)</source>
        <translation>Word document (*.docx)</translation>
    </message>
    <message>
        <source>这台电脑的字体里没有这些字，纸上会是空框，请补装字体或手写：{signs}</source>
        <translation>No font on this computer has these characters; on paper they would be empty boxes. Add a font or write them by hand: {signs}</translation>
    </message>
    <message>
        <source>导出 Excel</source>
        <translation>Export to Excel</translation>
    </message>
    <message>
        <source>屏幕已锁上</source>
        <translation>The screen is locked</translation>
    </message>
    <message>
        <source>工作台</source>
        <translation>Home</translation>
    </message>
    <message>
        <source>已保存 {time}</source>
        <translation>Saved {time}</translation>
    </message>
    <message>
        <source>已停下。</source>
        <translation>Stopped. </translation>
    </message>
    <message>
        <source>已填</source>
        <translation>filled</translation>
    </message>
    <message>
        <source>已填内容都保存好了。</source>
        <translation>Everything you filled is saved.</translation>
    </message>
    <message>
        <source>已经备份</source>
        <translation>Backed up</translation>
    </message>
    <message>
        <source>已经存好</source>
        <translation>Saved</translation>
    </message>
    <message>
        <source>已记住。这台电脑上打开时不用再输口令。</source>
        <translation>Remembered. No passphrase is asked for on this computer.</translation>
    </message>
    <message>
        <source>已达到目标</source>
        <translation>Target reached</translation>
    </message>
    <message>
        <source>已选：{name}</source>
        <translation>Chosen: {name}</translation>
    </message>
    <message>
        <source>市级服务器地址</source>
        <translation>Address of the city server</translation>
    </message>
    <message>
        <source>市级服务器没有收下这几条，其余的都收到了。本机的内容没有动，改好会自动再传。</source>
        <translation>The city server did not take these; it has all the rest. What is on this computer is unchanged and is sent again when mended.</translation>
    </message>
    <message>
        <source>帮助</source>
        <translation>Help</translation>
    </message>
    <message>
        <source>帮助（F1）</source>
        <translation>Help (F1)</translation>
    </message>
    <message>
        <source>平均目标 {target}</source>
        <translation>average target {target}</translation>
    </message>
    <message>
        <source>建议用一句自己记得住的话，例如几个词连起来。</source>
        <translation>A sentence you can remember is best, such as several words in a row.</translation>
    </message>
    <message>
        <source>开始使用</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>开机口令</source>
        <translation>Passphrase</translation>
    </message>
    <message>
        <source>开机口令（至少 8 位）</source>
        <translation>Passphrase (at least 8 characters)</translation>
    </message>
    <message>
        <source>强度：中。</source>
        <translation>Strength: fair.</translation>
    </message>
    <message>
        <source>强度：弱。加几个字或换一句话会更好。</source>
        <translation>Strength: weak. A longer sentence would be better.</translation>
    </message>
    <message>
        <source>强度：强。</source>
        <translation>Strength: good.</translation>
    </message>
    <message>
        <source>很大</source>
        <translation>Very large</translation>
    </message>
    <message>
        <source>必须填</source>
        <translation>Required</translation>
    </message>
    <message>
        <source>必须改：{text}</source>
        <translation>Must be mended: {text}</translation>
    </message>
    <message>
        <source>忘了口令，只有这串恢复码能打开数据。请打印或抄在纸上，锁进柜子；不要存在这台电脑里，不要拍照发群。</source>
        <translation>If the passphrase is forgotten, only this recovery code opens the data. Print it or copy it on paper and lock it away; do not keep it on this computer, and do not send a photo of it.</translation>
    </message>
    <message>
        <source>忘记口令，用恢复码</source>
        <translation>Forgotten? Use the recovery code</translation>
    </message>
    <message>
        <source>恢复</source>
        <translation>Restore</translation>
    </message>
    <message>
        <source>恢复成这一版</source>
        <translation>Restore this version</translation>
    </message>
    <message>
        <source>恢复码</source>
        <translation>Recovery code</translation>
    </message>
    <message>
        <source>恢复码.txt</source>
        <translation>recovery-code.txt</translation>
    </message>
    <message>
        <source>恢复码是新建工作台时打印或抄下的那一串字。打开后要设一个新口令。</source>
        <translation>The recovery code was printed or copied when the desk was made. A new passphrase is set afterwards.</translation>
    </message>
    <message>
        <source>恢复码（请打印保存）</source>
        <translation>Recovery code (please print and keep)</translation>
    </message>
    <message>
        <source>您的姓名（记在修改记录里）</source>
        <translation>Your name (kept in the history)</translation>
    </message>
    <message>
        <source>情况</source>
        <translation>Where we stand</translation>
    </message>
    <message>
        <source>我已抄好或打印</source>
        <translation>I have copied or printed it</translation>
    </message>
    <message>
        <source>已从备份恢复。请输入做这份备份时的口令。</source>
        <translation>Restored from the backup. Please type the passphrase of the time when it was made.</translation>
    </message>
    <message>
        <source>我改的</source>
        <translation>Mine</translation>
    </message>
    <message>
        <source>所属村（社区）</source>
        <translation>Village (community)</translation>
    </message>
    <message>
        <source>{label}：打到“{text}”</source>
        <translation>{label}: typed so far “{text}”</translation>
    </message>
    <message>
        <source>打印</source>
        <translation>Print</translation>
    </message>
    <message>
        <source>打印…（Ctrl+P）</source>
        <translation>Print… (Ctrl+P)</translation>
    </message>
    <message>
        <source>打印与导出</source>
        <translation>Print and export</translation>
    </message>
    <message>
        <source>打印件</source>
        <translation>Print-outs</translation>
    </message>
    <message>
        <source>打字查找，回车加上</source>
        <translation>Type to search, Enter adds</translation>
    </message>
    <message>
        <source>打字查找，或按 ↓ 看全部</source>
        <translation>Type to search, or press ↓ to see all</translation>
    </message>
    <message>
        <source>打开</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>打开并换成新口令</source>
        <translation>Open and change the passphrase</translation>
    </message>
    <message>
        <source>打开这一条</source>
        <translation>Open the record</translation>
    </message>
    <message>
        <source>换开机口令…</source>
        <translation>Change the passphrase…</translation>
    </message>
    <message>
        <source>换成新口令</source>
        <translation>Change it</translation>
    </message>
    <message>
        <source>接着填</source>
        <translation>Go on filling</translation>
    </message>
    <message>
        <source>撤销（Ctrl+Z）</source>
        <translation>Undo (Ctrl+Z)</translation>
    </message>
    <message>
        <source>收发中心</source>
        <translation>Sync centre</translation>
    </message>
    <message>
        <source>收发中心（{n}）</source>
        <translation>Sync centre ({n})</translation>
    </message>
    <message>
        <source>收发记录</source>
        <translation>Past syncs</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>数据同步（发送并接收）</source>
        <translation>Sync (send and receive)</translation>
    </message>
    <message>
        <source>数据在本机加密保存。每次打开都要输口令，请只告诉该知道的人。</source>
        <translation>The data is kept encrypted on this computer. The passphrase is asked for at every start; tell it only to those who need it.</translation>
    </message>
    <message>
        <source>数据在本机加密保存，只有口令能打开。</source>
        <translation>The data is kept encrypted on this computer; only the passphrase opens it.</translation>
    </message>
    <message>
        <source>文件在：{path}</source>
        <translation>The file is here: {path}</translation>
    </message>
    <message>
        <source>文本文件 (*.txt)</source>
        <translation>Text file (*.txt)</translation>
    </message>
    <message>
        <source>新增</source>
        <translation>Add</translation>
    </message>
    <message>
        <source>新增下一条（Ctrl+N）</source>
        <translation>Add the next one (Ctrl+N)</translation>
    </message>
    <message>
        <source>新增第一条</source>
        <translation>Add the first one</translation>
    </message>
    <message>
        <source>新增（Ctrl+N）</source>
        <translation>Add (Ctrl+N)</translation>
    </message>
    <message>
        <source>新建工作台</source>
        <translation>Make the desk</translation>
    </message>
    <message>
        <source>新的一条</source>
        <translation>New record</translation>
    </message>
    <message>
        <source>日历</source>
        <translation>Calendar</translation>
    </message>
    <message>
        <source>显示口令</source>
        <translation>Show the passphrase</translation>
    </message>
    <message>
        <source>暂存待改（{n} 条）</source>
        <translation>Set aside ({n})</translation>
    </message>
    <message>
        <source>最大</source>
        <translation>Largest</translation>
    </message>
    <message>
        <source>有 {ask} 项请核实</source>
        <translation>{ask} to look at</translation>
    </message>
    <message>
        <source>未上传</source>
        <translation>Not sent</translation>
    </message>
    <message>
        <source>未上传 {n} 处</source>
        <translation>{n} not sent</translation>
    </message>
    <message>
        <source>未填完</source>
        <translation>Not finished</translation>
    </message>
    <message>
        <source>{heading}：{words}</source>
        <translation>{heading}: {words}</translation>
    </message>
    <message>
        <source>{names}等 {n} 项</source>
        <translation>{names} and others, {n} in all</translation>
    </message>
    <message>
        <source>{words}　{n} 条</source>
        <translation>{words}　{n}</translation>
    </message>
    <message>
        <source>{words}　×</source>
        <translation>{words}　×</translation>
    </message>
    <message>
        <source>一次最多复制 {n} 行。要更多请用导出，内容没有少。</source>
        <translation>At most {n} rows can be copied at a time. Use the export for more; nothing is lost.</translation>
    </message>
    <message>
        <source>上移（Alt+↑）</source>
        <translation>Up (Alt+↑)</translation>
    </message>
    <message>
        <source>下移（Alt+↓）</source>
        <translation>Down (Alt+↓)</translation>
    </message>
    <message>
        <source>不分组</source>
        <translation>No groups</translation>
    </message>
    <message>
        <source>不存</source>
        <translation>Do not keep</translation>
    </message>
    <message>
        <source>不改</source>
        <translation>Change nothing</translation>
    </message>
    <message>
        <source>不筛这一栏</source>
        <translation>Do not filter</translation>
    </message>
    <message>
        <source>全部列出，不筛选</source>
        <translation>List all, without filters</translation>
    </message>
    <message>
        <source>共 {n} 条，{groups} 组</source>
        <translation>{n} in {groups} groups</translation>
    </message>
    <message>
        <source>去掉“{name}”</source>
        <translation>Remove “{name}”</translation>
    </message>
    <message>
        <source>去掉筛选 {words}</source>
        <translation>Remove the filter {words}</translation>
    </message>
    <message>
        <source>去掉这一条筛选</source>
        <translation>Remove this filter</translation>
    </message>
    <message>
        <source>只看“{text}”</source>
        <translation>Only “{text}”</translation>
    </message>
    <message>
        <source>合计 {sum}</source>
        <translation>Sum {sum}</translation>
    </message>
    <message>
        <source>名字</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>名字，例如：未填完的</source>
        <translation>Name, such as: unfinished ones</translation>
    </message>
    <message>
        <source>回到在用的</source>
        <translation>Back to those in use</translation>
    </message>
    <message>
        <source>复制</source>
        <translation>Copy</translation>
    </message>
    <message>
        <source>存为常用视图</source>
        <translation>Keep as a view</translation>
    </message>
    <message>
        <source>存起来</source>
        <translation>Keep</translation>
    </message>
    <message>
        <source>就这样显示</source>
        <translation>Show these</translation>
    </message>
    <message>
        <source>已复制 {rows} 行 {columns} 栏</source>
        <translation>{rows} rows, {columns} columns copied</translation>
    </message>
    <message>
        <source>常用视图</source>
        <translation>Views</translation>
    </message>
    <message>
        <source>打勾的才列出（空格键打勾），可以勾几个；也可以打字找。都不填就全部列出。</source>
        <translation>Only what is ticked is listed (space bar); several may be ticked, or type words. With neither, all are listed.</translation>
    </message>
    <message>
        <source>打勾的栏目才显示（空格键打勾）。名称总在最左边。</source>
        <translation>Only ticked columns are shown (space bar). The name is always at the left.</translation>
    </message>
    <message>
        <source>把现在的样子存为…</source>
        <translation>Keep the present look as…</translation>
    </message>
    <message>
        <source>按“{name}”分组</source>
        <translation>Group by “{name}”</translation>
    </message>
    <message>
        <source>按“{name}”排序</source>
        <translation>Order by “{name}”</translation>
    </message>
    <message>
        <source>按内容自动选</source>
        <translation>Choose by content</translation>
    </message>
    <message>
        <source>显示哪些栏目</source>
        <translation>Which columns to show</translation>
    </message>
    <message>
        <source>更多（Shift+F10）</source>
        <translation>More (Shift+F10)</translation>
    </message>
    <message>
        <source>有“{text}”</source>
        <translation>has “{text}”</translation>
    </message>
    <message>
        <source>栏目</source>
        <translation>Columns</translation>
    </message>
    <message>
        <source>栏目…</source>
        <translation>Columns…</translation>
    </message>
    <message>
        <source>栏目、排序、筛选和分组都会记住。以后在「常用视图」里点名字就回到这个样子。</source>
        <translation>Columns, order, filters and groups are kept. Choose the name under “Views” to come back to it.</translation>
    </message>
    <message>
        <source>没有符合筛选条件的。数据都在，去掉筛选就能看到。</source>
        <translation>Nothing fits the filters. Everything is still there: remove the filters to see it.</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>筛选</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>筛选“{name}”</source>
        <translation>Filter “{name}”</translation>
    </message>
    <message>
        <source>筛选“{name}”…</source>
        <translation>Filter “{name}”…</translation>
    </message>
    <message>
        <source>要看的值</source>
        <translation>Values to list</translation>
    </message>
    <message>
        <source>这一栏的值太多，不能一个个勾。请打字找。</source>
        <translation>This column has too many values to tick. Type words instead.</translation>
    </message>
    <message>
        <source>这一栏里有…（汉字、拼音或首字母）</source>
        <translation>This column has… (characters, pinyin or initials)</translation>
    </message>
    <message>
        <source>选中 {rows} 行 {columns} 栏</source>
        <translation>{rows} rows, {columns} columns selected</translation>
    </message>
    <message>
        <source>“{name}”现在不能改。按回车打开这一条看看。</source>
        <translation>“{name}” cannot be changed now. Press Enter to open the record.</translation>
    </message>
    <message>
        <source>不写</source>
        <translation>Do not write</translation>
    </message>
    <message>
        <source>先选中几行，再按 Ctrl+D：第一行的内容填到下面各行。</source>
        <translation>Select several rows, then press Ctrl+D: what the first says is filled into the others.</translation>
    </message>
    <message>
        <source>其中新增 {n} 条。</source>
        <translation>Of these {n} are new.</translation>
    </message>
    <message>
        <source>写好了 {n} 格。按 Ctrl+Z 一次全部撤销。</source>
        <translation>{n} cells written. Ctrl+Z undoes all of them at once.</translation>
    </message>
    <message>
        <source>写进去（{n} 格）</source>
        <translation>Write ({n} cells)</translation>
    </message>
    <message>
        <source>别人刚把这一格改成了“{theirs}”。回车用您打的，Esc 用别人的。</source>
        <translation>Somebody has just changed this cell to “{theirs}”. Enter takes yours, Esc theirs.</translation>
    </message>
    <message>
        <source>只看读不懂的</source>
        <translation>Only what cannot be read</translation>
    </message>
    <message>
        <source>向下填充</source>
        <translation>Fill down</translation>
    </message>
    <message>
        <source>哪一条</source>
        <translation>Record</translation>
    </message>
    <message>
        <source>回车存这一格并到下一行，Tab 到右边一格</source>
        <translation>Enter saves and goes down, Tab to the right</translation>
    </message>
    <message>
        <source>有 {n} 格读不懂或不能写（标了 ✕），那几格不动，其余照写。</source>
        <translation>{n} cells cannot be read or written (marked ✕); they stay, the rest is written.</translation>
    </message>
    <message>
        <source>第一行填到下面…</source>
        <translation>Fill down the first row…</translation>
    </message>
    <message>
        <source>粘贴</source>
        <translation>Paste</translation>
    </message>
    <message>
        <source>粘贴…</source>
        <translation>Paste…</translation>
    </message>
    <message>
        <source>要写 {n} 格，涉及 {rows} 条。</source>
        <translation>{n} cells of {rows} records are to be written.</translation>
    </message>
    <message>
        <source>还没有写进去。看好了再写，写了也能撤销（Ctrl+Z）。</source>
        <translation>Nothing is written yet. Look it over first; it can be undone afterwards, too (Ctrl+Z).</translation>
    </message>
    <message>
        <source>这一条在这里只能看，不能改。</source>
        <translation>This record can only be read here.</translation>
    </message>
    <message>
        <source>这一栏不能在表里改。按回车打开这一条来填。</source>
        <translation>This column cannot be changed here. Press Enter to open the record.</translation>
    </message>
    <message>
        <source>这里没有可以粘贴的。</source>
        <translation>There is nothing to paste here.</translation>
    </message>
    <message>
        <source>那里已经是这个内容。</source>
        <translation>That is what it says already.</translation>
    </message>
    <message>
        <source>问题</source>
        <translation>Trouble</translation>
    </message>
    <message>
        <source>（新的一条）</source>
        <translation>(a new record)</translation>
    </message>
    <message>
        <source>（清空）</source>
        <translation>(emptied)</translation>
    </message>
    <message>
        <source>▾ {heading}</source>
        <translation>▾ {heading}</translation>
    </message>
    <message>
        <source>查 {n} 条</source>
        <translation>Search {n}</translation>
    </message>
    <message>
        <source>各村进度</source>
        <translation>Progress by village</translation>
    </message>
    <message>
        <source>各村进度…</source>
        <translation>Progress by village…</translation>
    </message>
    <message>
        <source>条数</source>
        <translation>Records</translation>
    </message>
    <message>
        <source>只看这个村</source>
        <translation>List this village</translation>
    </message>
    <message>
        <source>关上</source>
        <translation>Close</translation>
    </message>
    <message>
        <source>还没有</source>
        <translation>None yet</translation>
    </message>
    <message>
        <source>一共 {n} 个村（社区），{left} 个有未填完的。</source>
        <translation>{n} villages (communities), {left} of them with unfinished records.</translation>
    </message>
    <message>
        <source>还没有填的：{names}。</source>
        <translation>Nothing yet from: {names}.</translation>
    </message>
    <message>
        <source>本表没有找到“{text}”。可以少打几个字，或用右上角的全部查找。</source>
        <translation>“{text}” was not found here. Try fewer letters, or search everything at the top right.</translation>
    </message>
    <message>
        <source>选一份备份</source>
        <translation>Choose a backup</translation>
    </message>
    <message>
        <source>本软件不得存储、处理国家秘密。</source>
        <translation>State secrets must not be stored or processed with this software.</translation>
    </message>
    <message>
        <source>村社台账</source>
        <translation>HSDesk</translation>
    </message>
    <message>
        <source>村社台账 HSDesk {version}，Apache-2.0 许可。用到：Qt / PySide6（LGPL-3.0）、SQLCipher（BSD）、SQLite（公有领域）、sqlite-utils、openpyxl、requests、cryptography、msgspec 等开源软件。本软件不得存储、处理国家秘密。</source>
        <translation>HSDesk {version}, Apache-2.0. It uses Qt / PySide6 (LGPL-3.0), SQLCipher (BSD), SQLite (public domain), sqlite-utils, openpyxl, requests, cryptography, msgspec and other open-source software. State secrets must not be stored or processed with it.</translation>
    </message>
    <message>
        <source>村社台账 恢复码

{place}　{person}

{code}

忘记口令时用它打开数据。请锁进柜子保存。</source>
        <translation>HSDesk recovery code

{place}  {person}

{code}

It opens the data when the passphrase is forgotten. Lock it away.</translation>
    </message>
    <message>
        <source>村社台账备份</source>
        <translation>HSDesk backup</translation>
    </message>
    <message>
        <source>村（社区）</source>
        <translation>Village (community)</translation>
    </message>
    <message>
        <source>查找村（社区）</source>
        <translation>Find a village (community)</translation>
    </message>
    <message>
        <source>标准</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>正在上传</source>
        <translation>Sending</translation>
    </message>
    <message>
        <source>正在下载</source>
        <translation>Receiving</translation>
    </message>
    <message>
        <source>正在保存…</source>
        <translation>Saving…</translation>
    </message>
    <message>
        <source>正在打开…打的字会填到打开的那一页。</source>
        <translation>Opening… what you type goes to the page that opens.</translation>
    </message>
    <message>
        <source>刚才打的字没有填进任何地方，请再打一遍。</source>
        <translation>What you just typed went nowhere; please type it again.</translation>
    </message>
    <message>
        <source>正在打开…</source>
        <translation>Opening…</translation>
    </message>
    <message>
        <source>正在新建…</source>
        <translation>Making the desk…</translation>
    </message>
    <message>
        <source>正在登记…</source>
        <translation>Registering…</translation>
    </message>
    <message>
        <source>磁盘已满或不能写入，台账以只读方式打开：可以查看、打印，不能填写。已保存的内容都在。请腾出空间或换到能写的磁盘，再打开。</source>
        <translation>The disk is full or cannot be written to: the desk is open to read and to print, not to fill in. Everything saved is there. Make room, or move to a disk that can be written to, and open it again.</translation>
    </message>
    <message>
        <source>正在联系市级服务器…</source>
        <translation>Calling the city server…</translation>
    </message>
    <message>
        <source>此处不知</source>
        <translation>not known here</translation>
    </message>
    <message>
        <source>比平均目标少</source>
        <translation>Short of the average target by</translation>
    </message>
    <message>
        <source>比平均目标少 {n} 家</source>
        <translation>{n} short of the average target</translation>
    </message>
    <message>
        <source>比目标低 {n} 个百分点</source>
        <translation>{n} percentage points below the target</translation>
    </message>
    <message>
        <source>比目标多 {n} {unit}</source>
        <translation>{n} {unit} above the target</translation>
    </message>
    <message>
        <source>比目标少 {n} {unit}</source>
        <translation>{n} {unit} short of the target</translation>
    </message>
    <message>
        <source>没有办成</source>
        <translation>That did not work</translation>
    </message>
    <message>
        <source>“{text}”对得上 {n} 项，请从列表里选一项</source>
        <translation>“{text}” fits {n} choices; pick one from the list</translation>
    </message>
    <message>
        <source>台账里还没有“{text}”，可先空着，或到“{register}”里新增</source>
        <translation>“{text}” is not in the desk yet; leave this empty for now, or add it in “{register}”</translation>
    </message>
    <message>
        <source>列表里没有“{text}”，请另选一项，或先空着</source>
        <translation>“{text}” is not in the list; pick another, or leave it empty for now</translation>
    </message>
    <message>
        <source>没有存上</source>
        <translation>Not saved</translation>
    </message>
    <message>
        <source>没有已作废的。作废的都留着，可以在这里恢复。</source>
        <translation>Nothing was deleted. Deleted records are kept and can be restored here.</translation>
    </message>
    <message>
        <source>没有找到“{text}”</source>
        <translation>“{text}” was not found</translation>
    </message>
    <message>
        <source>没有找到打印机</source>
        <translation>No printer found</translation>
    </message>
    <message>
        <source>没有未填完的。</source>
        <translation>Nothing is unfinished.</translation>
    </message>
    <message>
        <source>没有这一项</source>
        <translation>No such choice</translation>
    </message>
    <message>
        <source>特大</source>
        <translation>Huge</translation>
    </message>
    <message>
        <source>现在</source>
        <translation>Now</translation>
    </message>
    <message>
        <source>现在的口令</source>
        <translation>Present passphrase</translation>
    </message>
    <message>
        <source>用恢复码打开</source>
        <translation>Open with the recovery code</translation>
    </message>
    <message>
        <source>用我另填的</source>
        <translation>Use what I typed</translation>
    </message>
    <message>
        <source>用这个</source>
        <translation>Use this</translation>
    </message>
    <message>
        <source>登记一次，以后就能在这里上传和下载。没有登记也能照常填写，数据都在本机。</source>
        <translation>Register once, then send and receive here. Without it you can fill registers as usual; the data is on this computer.</translation>
    </message>
    <message>
        <source>登记码（向乡镇或市局要，只能用一次）</source>
        <translation>Registration code (from the township or city, used once)</translation>
    </message>
    <message>
        <source>登记表</source>
        <translation>Registers</translation>
    </message>
    <message>
        <source>登记这台电脑</source>
        <translation>Register this computer</translation>
    </message>
    <message>
        <source>目录</source>
        <translation>Contents</translation>
    </message>
    <message>
        <source>目标</source>
        <translation>Target</translation>
    </message>
    <message>
        <source>看已作废</source>
        <translation>Show deleted</translation>
    </message>
    <message>
        <source>看明细</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>看最新的</source>
        <translation>Show the latest</translation>
    </message>
    <message>
        <source>知道了</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>程序出了一点问题</source>
        <translation>Something went wrong in the program</translation>
    </message>
    <message>
        <source>稍大</source>
        <translation>A little larger</translation>
    </message>
    <message>
        <source>第一次使用：您在哪里工作？</source>
        <translation>First use: where do you work?</translation>
    </message>
    <message>
        <source>编号</source>
        <translation>No.</translation>
    </message>
    <message>
        <source>考核指标</source>
        <translation>Indicators</translation>
    </message>
    <message>
        <source>从备份恢复…</source>
        <translation>Restore a backup…</translation>
    </message>
    <message>
        <source>要用的登记表</source>
        <translation>Registers in use</translation>
    </message>
    <message>
        <source>记住本机</source>
        <translation>Remember this computer</translation>
    </message>
    <message>
        <source>记住本机（下次不用再输）</source>
        <translation>Remember this computer</translation>
    </message>
    <message>
        <source>设一个开机口令</source>
        <translation>Choose a passphrase</translation>
    </message>
    <message>
        <source>设备登记</source>
        <translation>Register this computer</translation>
    </message>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>详情</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>请先选村（社区），或您工作的乡镇、县区。</source>
        <translation>First choose the village (community), township or county you work in.</translation>
    </message>
    <message>
        <source>请写上您的姓名。</source>
        <translation>Please give your name.</translation>
    </message>
    <message>
        <source>请把地址和登记码都填上。</source>
        <translation>Please give both address and code.</translation>
    </message>
    <message>
        <source>请核实：{text}</source>
        <translation>Please check: {text}</translation>
    </message>
    <message>
        <source>请输入开机口令</source>
        <translation>Please type the passphrase</translation>
    </message>
    <message>
        <source>输入名称、拼音首字母或代码，例如 深渡、sd、341021</source>
        <translation>Name, pinyin initials or code, e.g. 深渡, sd, 341021</translation>
    </message>
    <message>
        <source>返回（Esc）</source>
        <translation>Back (Esc)</translation>
    </message>
    <message>
        <source>还差 {n} 位。</source>
        <translation>{n} more characters.</translation>
    </message>
    <message>
        <source>还有 {bad} 项必须改</source>
        <translation>{bad} must be mended</translation>
    </message>
    <message>
        <source>还有 {bad} 项必须改，{ask} 项请核实</source>
        <translation>{bad} must be mended, {ask} to look at</translation>
    </message>
    <message>
        <source>还有 {n} 处没有上传，都在本机。</source>
        <translation> {n} are not sent yet; they are on this computer.</translation>
    </message>
    <message>
        <source>还没有修改记录。</source>
        <translation>No history yet.</translation>
    </message>
    <message>
        <source>还没有内容。点「加一行」，或在这里按回车。</source>
        <translation>Nothing yet. Click “Add a row” or press Enter here.</translation>
    </message>
    <message>
        <source>还没有可以打印的内容。先在登记表里填上，这里就有了。</source>
        <translation>Nothing to print yet. Fill the register first.</translation>
    </message>
    <message>
        <source>还没有同步过。数据都在本机。</source>
        <translation>Not synced yet. Everything is on this computer.</translation>
    </message>
    <message>
        <source>还没有填</source>
        <translation>not filled</translation>
    </message>
    <message>
        <source>还没有达到目标的</source>
        <translation>Short of the target</translation>
    </message>
    <message>
        <source>这一条属于哪里？</source>
        <translation>Where does this record belong?</translation>
    </message>
    <message>
        <source>这个位置写不进去。请换一个位置，或者抄在纸上。</source>
        <translation>Nothing can be written there. Choose another place, or copy it on paper.</translation>
    </message>
    <message>
        <source>这台电脑</source>
        <translation>This computer</translation>
    </message>
    <message>
        <source>这台电脑没有可用的钥匙串，记不住。打开时请输口令，别的都不受影响。</source>
        <translation>This computer has no usable keyring and cannot remember. Type the passphrase at start; nothing else is affected.</translation>
    </message>
    <message>
        <source>这台电脑没有装打印机。可以先存为 PDF，拷到有打印机的电脑上打印。</source>
        <translation>No printer is installed. Save a PDF and print it on another computer.</translation>
    </message>
    <message>
        <source>这台电脑缺少打印组件。可以先存为 PDF，拷到别的电脑上打印。</source>
        <translation>Printing is not installed on this computer. Save a PDF and print it elsewhere.</translation>
    </message>
    <message>
        <source>这张表还没有内容。点「新增第一条」开始填，填一项存一项。</source>
        <translation>This register is empty. Click “Add the first one”; every answer is saved as you fill it.</translation>
    </message>
    <message>
        <source>现在只能查看和打印</source>
        <translation>Reading and printing only</translation>
    </message>
    <message>
        <source>选定后，各张登记表会自动带出单位名称和代码。</source>
        <translation>Names and codes are then filled in for you.</translation>
    </message>
    <message>
        <source>选择</source>
        <translation>Choose</translation>
    </message>
    <message>
        <source>选这个</source>
        <translation>Choose this one</translation>
    </message>
    <message>
        <source>都不对？在这里另填一个</source>
        <translation>Neither? Type another here</translation>
    </message>
    <message>
        <source>有 {n} 处两边改得不一样，请到收发中心核对</source>
        <translation>{n} answers differ between two people; please compare them in “Send and receive”</translation>
    </message>
    <message>
        <source>填好了 · 回车新增下一条 · Esc 返回</source>
        <translation>Done · Enter: the next one · Esc: back</translation>
    </message>
    <message>
        <source>填好了 · Esc 返回</source>
        <translation>Done · Esc: back</translation>
    </message>
    <message>
        <source>都填好了</source>
        <translation>All is filled</translation>
    </message>
    <message>
        <source>都已上传</source>
        <translation>All sent</translation>
    </message>
    <message>
        <source>锁屏</source>
        <translation>Lock</translation>
    </message>
    <message>
        <source>预览</source>
        <translation>Preview</translation>
    </message>
    <message>
        <source>（空）</source>
        <translation>(empty)</translation>
    </message>
    <message>
        <source>（还没有名称）</source>
        <translation>(no name yet)</translation>
    </message>
    <message>
        <source>台账已清除</source>
        <translation>The desk was wiped</translation>
    </message>
    <message>
        <source>{done} / {total}</source>
        <translation>{done} of {total}</translation>
    </message>
    <message>
        <source>{size}　{how}</source>
        <translation>{size}, {how}</translation>
    </message>
    <message>
        <source>{words}
上次没有办成：{reason}</source>
        <translation>{words}
It failed last time: {reason}</translation>
    </message>
    <message>
        <source>下载</source>
        <translation>Download</translation>
    </message>
    <message>
        <source>停止下载</source>
        <translation>Stop the download</translation>
    </message>
    <message>
        <source>另存为…</source>
        <translation>Save as…</translation>
    </message>
    <message>
        <source>可以添加的文件（{kinds}）</source>
        <translation>Files that fit ({kinds})</translation>
    </message>
    <message>
        <source>已上传</source>
        <translation>sent</translation>
    </message>
    <message>
        <source>已停下，已下载的部分留着，下次接着下。</source>
        <translation>Stopped. What has arrived is kept; the next download goes on from there.</translation>
    </message>
    <message>
        <source>已移除。按 Ctrl+Z 可以撤销。</source>
        <translation>Removed. Ctrl+Z brings it back.</translation>
    </message>
    <message>
        <source>已经存好：{path}</source>
        <translation>Stored: {path}</translation>
    </message>
    <message>
        <source>按空格选择文件，也可以拖到这里。只收 {kinds}，不超过 {size}。</source>
        <translation>Press Space to choose a file, or drop one here. Only {kinds}, up to {size}.</translation>
    </message>
    <message>
        <source>按空格选择文件，也可以拖到这里。</source>
        <translation>Press Space to choose a file, or drop one here.</translation>
    </message>
    <message>
        <source>换一个文件…</source>
        <translation>Choose another file…</translation>
    </message>
    <message>
        <source>数据已传好，正在上传附件</source>
        <translation>The data is sent; sending attachments</translation>
    </message>
    <message>
        <source>数据已收好，正在下载附件</source>
        <translation>The data is here; fetching attachments</translation>
    </message>
    <message>
        <source>未上传，下次数据同步时上传</source>
        <translation>not sent yet; it goes with the next sync</translation>
    </message>
    <message>
        <source>未下载</source>
        <translation>not downloaded</translation>
    </message>
    <message>
        <source>未下载，已有 {size}</source>
        <translation>not downloaded yet, {size} here</translation>
    </message>
    <message>
        <source>正在下载 {done} / {total}</source>
        <translation>Downloading {done} of {total}</translation>
    </message>
    <message>
        <source>正在读入…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>照片</source>
        <translation>Photo</translation>
    </message>
    <message>
        <source>移除</source>
        <translation>Remove</translation>
    </message>
    <message>
        <source>还有 {n} 个附件没有传，都在本机，下次接着传。</source>
        <translation>{n} attachments are not sent yet; they are on this computer and go with the next sync.</translation>
    </message>
    <message>
        <source>这台电脑上没有能打开它的程序。可以点「另存为」存出来，用别的电脑看。</source>
        <translation>No program on this computer opens it. Save it with “Save as” and look at it on another computer.</translation>
    </message>
    <message>
        <source>选择文件</source>
        <translation>Choose a file</translation>
    </message>
    <message>
        <source>选择文件…</source>
        <translation>Choose a file…</translation>
    </message>
    <message>
        <source>未上传 {n} 个附件</source>
        <translation>{n} attachments not sent</translation>
    </message>
    <message>
        <source>备份 (*.hsbackup)</source>
        <translation>Backups (*.hsbackup)</translation>
    </message>
    <message>
        <source>统计口径（市局设定）</source>
        <translation>Definitions set by the city</translation>
    </message>
    <message>
        <source>口径以市局为准，这里只能看。市局改了以后，下次数据同步时这里跟着换，考核指标也跟着换。</source>
        <translation>The city decides; here they can only be read. When the city changes one, the next sync brings it, and the indicators follow.</translation>
    </message>
    <message>
        <source>（绿）</source>
        <translation> (green)</translation>
    </message>
    <message>
        <source>（黄）</source>
        <translation> (yellow)</translation>
    </message>
    <message>
        <source>（红）</source>
        <translation> (red)</translation>
    </message>
    <message>
        <source>分项：{parts}</source>
        <translation>Shares: {parts}</translation>
    </message>
    <message>
        <source>{name}：{value}</source>
        <translation>{name}: {value}</translation>
    </message>
    <message>
        <source>{name} {value}，{all} 条里过期 {past} 条</source>
        <translation>{name} {value}, {past} of {all} past</translation>
    </message>
    <message>
        <source>有过期的</source>
        <translation>With something past</translation>
    </message>
    <message>
        <source>单位</source>
        <translation>Place</translation>
    </message>
    <message>
        <source>还差</source>
        <translation>Still lacking</translation>
    </message>
    <message>
        <source>过期条数</source>
        <translation>How many past</translation>
    </message>
    <message>
        <source>正在换成新版本的格式：第 {n} 步，共 {count} 步，已完成 {percent}%</source>
        <translation>Changing to the format of the new version: step {n} of {count}, {percent}% done</translation>
    </message>
    <message>
        <source>换之前已留好备份，资料不会丢失。请不要关机，完成后会自动打开。</source>
        <translation>A backup was made first; nothing will be lost. Do not switch off; it opens by itself when done.</translation>
    </message>
    <message>
        <source>市级记录对不上</source>
        <translation>The city's records do not fit</translation>
    </message>
    <message>
        <source>用我的（Alt+W）</source>
        <translation>Use mine (Alt+W)</translation>
    </message>
    <message>
        <source>用别人的（Alt+B）</source>
        <translation>Use theirs (Alt+B)</translation>
    </message>
    <message>
        <source>{where}别人刚把这一栏清空了。您正在填“{mine}”。用哪一个？</source>
        <translation>{where}Somebody has just emptied this field. You are typing “{mine}”. Which one should stay?</translation>
    </message>
    <message>
        <source>{where}别人刚把这一栏改成了“{theirs}”。您正在填“{mine}”。用哪一个？</source>
        <translation>{where}Somebody has just changed this field to “{theirs}”. You are typing “{mine}”. Which one should stay?</translation>
    </message>
    <message>
        <source>第 {n} 行“{name}”：</source>
        <translation>Row {n}, “{name}”: </translation>
    </message>
    <message>
        <source>有 {n} 处等您选用哪一个</source>
        <translation>{n} fields wait for your choice</translation>
    </message>
    <message>
        <source>{where}没有被接收：{reason}您填的是“{mine}”。</source>
        <translation>{where}Not accepted: {reason} You had entered “{mine}”.</translation>
    </message>
    <message>
        <source>用我填的（Alt+W）</source>
        <translation>Use what I entered (Alt+W)</translation>
    </message>
    <message>
        <source>不要了（Alt+B）</source>
        <translation>Drop it (Alt+B)</translation>
    </message>
    <message>
        <source>有一处改动没有被接收：{reason}</source>
        <translation>One change was not accepted: {reason}</translation>
    </message>
    <message>
        <source>这一条刚被作废（{reason}）。您填的都留着。</source>
        <translation>This record has just been deleted ({reason}). What you entered is kept.</translation>
    </message>
    <message>
        <source>恢复这一条</source>
        <translation>Restore this record</translation>
    </message>
    <message>
        <source>这一条刚被合并到另一条。您填的都留着。</source>
        <translation>This record has just been merged into another. What you entered is kept.</translation>
    </message>
    <message>
        <source>这一条刚转到“{place}”。您填的都留着，可以接着填。</source>
        <translation>This record has just moved to “{place}”. What you entered is kept; you can go on.</translation>
    </message>
    <message>
        <source>这张表刚换了新的一版。您填的都留着，请换成新的一版再接着填。</source>
        <translation>There is a new version of this form. What you entered is kept; change to the new version and go on.</translation>
    </message>
    <message>
        <source>换成新的一版</source>
        <translation>Change to the new version</translation>
    </message>
    <message>
        <source>这一条现在只能看，不能改。已填的都留着。</source>
        <translation>This record can only be read now. What was entered is kept.</translation>
    </message>
    <message>
        <source>这一条已经不归这台电脑填报，不再更新。请返回。</source>
        <translation>This record is no longer filled in on this computer and is not updated any more. Please go back.</translation>
    </message>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>刚收到别人的改动，已换成最新的：{names}。</source>
        <translation>Others have changed this record; now up to date: {names}.</translation>
    </message>
    <message>
        <source>重做（Ctrl+Y）</source>
        <translation>Redo (Ctrl+Y)</translation>
    </message>
    <message>
        <source>有内容还没有存进去，没有撤销。请先按那一栏的提示办。</source>
        <translation>Something is not saved yet, so nothing was undone. First do as its field says.</translation>
    </message>
    <message>
        <source>已撤销：{words}。</source>
        <translation>Undone: {words}. </translation>
    </message>
    <message>
        <source>已重做：{words}。</source>
        <translation>Redone: {words}. </translation>
    </message>
    <message>
        <source>{told}等 {n} 处。</source>
        <translation>{told} and others, {n} in all.</translation>
    </message>
    <message>
        <source>{told}。</source>
        <translation>{told}.</translation>
    </message>
    <message>
        <source>撤销…</source>
        <translation>Undo…</translation>
    </message>
    <message>
        <source>还没有可以撤销的。</source>
        <translation>There is nothing to undo yet.</translation>
    </message>
    <message>
        <source>最近做的事</source>
        <translation>What was done last</translation>
    </message>
    <message>
        <source>撤销这一件</source>
        <translation>Undo this</translation>
    </message>
    <message>
        <source>不撤销</source>
        <translation>Leave it</translation>
    </message>
    <message>
        <source>{when}　{words}（已撤销）</source>
        <translation>{when}  {words} (undone)</translation>
    </message>
    <message>
        <source>换了口令，以前的备份仍用当时的口令打开，但打不开今天的台账。恢复码仍然有效。</source>
        <translation>After a change, earlier backups still open with the passphrase of their time, but open nothing of today. The recovery code stays valid.</translation>
    </message>
    <message>
        <source>交接换钥匙…</source>
        <translation>Hand over with new keys…</translation>
    </message>
    <message>
        <source>换人交接时用：口令、恢复码和数据的钥匙一起换新，交出去的人以前知道的都不再管用。几十兆的数据要等几秒。</source>
        <translation>For a hand-over: passphrase, recovery code and the key of the data are all made new, and nothing that the person before you knew is of use any more. Some tens of megabytes take a few seconds.</translation>
    </message>
    <message>
        <source>数据的钥匙同时换新，几十兆的数据要等几秒。</source>
        <translation>The key of the data is made new as well; some tens of megabytes take a few seconds.</translation>
    </message>
    <message>
        <source>换成新口令和新恢复码</source>
        <translation>Change passphrase and recovery code</translation>
    </message>
    <message>
        <source>您的开机口令容易被别人猜到。台账照常能用；请找个空，在“设置”里换一句自己记得住的话。</source>
        <translation>Your passphrase is easily guessed. Everything works as usual; when you have a moment, choose a sentence you can remember under Settings.</translation>
    </message>
    <message>
        <source>口令容易被猜到</source>
        <translation>The passphrase is easily guessed</translation>
    </message>
    <message>
        <source>新的恢复码（请打印保存）</source>
        <translation>New recovery code (please print and keep it)</translation>
    </message>
    <message>
        <source>以前的恢复码从现在起不能再用。忘了口令，只有这串恢复码能打开数据，请打印或抄在纸上，锁进柜子。</source>
        <translation>The recovery code before is of no use from now on. If the passphrase is forgotten, only this code opens the data: print it or copy it on paper and lock it away.</translation>
    </message>
    <message>
        <source>已{words}。</source>
        <translation>Done: {words}.</translation>
    </message>
    <message>
        <source>挑一件撤销，别的不动；撤销过的可以重做。清除、转移、已入账的流水不能撤销；最多留 90 天。</source>
        <translation>Pick one to undo; nothing else is touched. What was undone can be redone. Erasures, moves and closed ledger entries cannot be undone; the list goes back 90 days at most.</translation>
    </message>
    <message>
        <source>重做这一件</source>
        <translation>Redo this one</translation>
    </message>
    <message>
        <source>今天没有要办的。</source>
        <translation>Nothing to do today.</translation>
    </message>
    <message>
        <source>都已上传，上次同步：{when}。</source>
        <translation> Everything is sent; last sync: {when}.</translation>
    </message>
    <message>
        <source>先填“{form}”，后面的表都用得上</source>
        <translation>Fill in “{form}” first: the other registers use it</translation>
    </message>
    <message>
        <source>还有 {n} 件，全部列出</source>
        <translation>{n} more, list them all</translation>
    </message>
    <message>
        <source>还有 {n} 个附件没有传完，点一下接着传</source>
        <translation>{n} attachments are not sent yet: open to go on</translation>
    </message>
    <message>
        <source>没有采用</source>
        <translation>Not used</translation>
    </message>
    <message>
        <source>第一步</source>
        <translation>First step</translation>
    </message>
    <message>
        <source>已过期</source>
        <translation>Overdue</translation>
    </message>
    <message>
        <source>要上报</source>
        <translation>To report</translation>
    </message>
    <message>
        <source>被退回</source>
        <translation>Returned</translation>
    </message>
    <message>
        <source>两边不一样</source>
        <translation>Conflict</translation>
    </message>
    <message>
        <source>没有收下</source>
        <translation>Not taken</translation>
    </message>
    <message>
        <source>必须改</source>
        <translation>Must change</translation>
    </message>
    <message>
        <source>快到期</source>
        <translation>Ends soon</translation>
    </message>
    <message>
        <source>过期的是哪些，看工作台首页「今天要办的」。</source>
        <translation>Which ones are overdue stands on the home page, under “To do today”.</translation>
    </message>
    <message>
        <source>截止日期或报告期</source>
        <translation>As of a day, or a period</translation>
    </message>
    <message>
        <source>可以选，也可以写日期或报告期，例如 2026-03-31、2026Q1、2025，按回车。</source>
        <translation>Pick one, or type a day or period such as 2026-03-31, 2026Q1 or 2025 and press Enter.</translation>
    </message>
    <message>
        <source>今天</source>
        <translation>Today</translation>
    </message>
    <message>
        <source>{year} 年</source>
        <translation>{year}</translation>
    </message>
    <message>
        <source>{year} 年上半年</source>
        <translation>First half of {year}</translation>
    </message>
    <message>
        <source>{year} 年下半年</source>
        <translation>Second half of {year}</translation>
    </message>
    <message>
        <source>{year} 年第 {n} 季度</source>
        <translation>Quarter {n} of {year}</translation>
    </message>
    <message>
        <source>{year} 年 {n} 月</source>
        <translation>Month {n} of {year}</translation>
    </message>
    <message>
        <source>截至 {day}</source>
        <translation>As of {day}</translation>
    </message>
    <message>
        <source>{period}还没有结束，算到今天（{day}）</source>
        <translation>{period} is not over yet: as of today ({day})</translation>
    </message>
    <message>
        <source>{period}，截至 {day}</source>
        <translation>{period}, as of {day}</translation>
    </message>
    <message>
        <source>没有算进来的：“{form}”{n} 条</source>
        <translation>Not counted: {n} records of “{form}”</translation>
    </message>
    <message>
        <source>算进来的：“{form}”{n} 条</source>
        <translation>Counted: {n} records of “{form}”</translation>
    </message>
    <message>
        <source>去补</source>
        <translation>Complete</translation>
    </message>
    <message>
        <source>新增一条“{form}”</source>
        <translation>Add a record of “{form}”</translation>
    </message>
    <message>
        <source>（未填名称）</source>
        <translation>(no name)</translation>
    </message>
    <message>
        <source>{name}：“{label}”没有填</source>
        <translation>{name}: “{label}” is empty</translation>
    </message>
    <message>
        <source>{name}：看“{label}”</source>
        <translation>{name}: look at “{label}”</translation>
    </message>
    <message>
        <source>指标</source>
        <translation>Indicators</translation>
    </message>
    <message>
        <source>结构图</source>
        <translation>Structure</translation>
    </message>
    <message>
        <source>对照目标</source>
        <translation>Against target</translation>
    </message>
    <message>
        <source>20230512、今天、+7</source>
        <translation>20230512, 今天 (today), +7</translation>
    </message>
    <message>
        <source>怎么算的（F4）</source>
        <translation>How it is worked out (F4)</translation>
    </message>
    <message>
        <source>没填错（Alt+Y）</source>
        <translation>It is right (Alt+Y)</translation>
    </message>
    <message>
        <source>上一期（{period}）是 {before}，这次填的是 {now}，差得多。</source>
        <translation>The last period ({period}) had {before}, now it says {now}: far apart.</translation>
    </message>
    <message>
        <source>原来是 {before}，现在填的是 {now}，差得多。</source>
        <translation>It was {before}, now it says {now}: far apart.</translation>
    </message>
    <message>
        <source>不再沿用（Alt+P）</source>
        <translation>Keep it no longer (Alt+P)</translation>
    </message>
    <message>
        <source>沿用：下一条新的先填上这一栏现在的内容。</source>
        <translation>Kept: the next new record begins with what stands here.</translation>
    </message>
    <message>
        <source>打开“{register}”</source>
        <translation>Open “{register}”</translation>
    </message>
    <message>
        <source>{label}：{n} 行</source>
        <translation>{label}: {n} rows</translation>
    </message>
    <message>
        <source>{label}：{value}</source>
        <translation>{label}: {value}</translation>
    </message>
    <message>
        <source>看整条的修改记录</source>
        <translation>Changes of the whole record</translation>
    </message>
    <message>
        <source>填满就到下一栏</source>
        <translation>Go on when an answer is complete</translation>
    </message>
    <message>
        <source>用数字键选好一项，或把日期、手机号这样位数固定的打满，不用按回车就到下一栏。</source>
        <translation>A digit that chooses, or the last digit of a date, a mobile number or another code of fixed length, goes on to the next field without Enter.</translation>
    </message>
    <message>
        <source>填表习惯</source>
        <translation>Habits of entry</translation>
    </message>
    <message>
        <source>这一页的内容</source>
        <translation>Contents of this page</translation>
    </message>
    <message>
        <source>正文</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>到处都行</source>
        <translation>Everywhere</translation>
    </message>
    <message>
        <source>找：登记表、页面、打印件、要办的事、某一条</source>
        <translation>Find a register, page, print-out, command or record</translation>
    </message>
    <message>
        <source>在旁边打开帮助，Esc 收起</source>
        <translation>Help beside the work; Esc closes it</translation>
    </message>
    <message>
        <source>这张按键表</source>
        <translation>This sheet of keys</translation>
    </message>
    <message>
        <source>回工作台</source>
        <translation>Home</translation>
    </message>
    <message>
        <source>第几张登记表</source>
        <translation>The register with this number</translation>
    </message>
    <message>
        <source>撤销、重做</source>
        <translation>Undo, redo</translation>
    </message>
    <message>
        <source>填一条</source>
        <translation>Filling in a record</translation>
    </message>
    <message>
        <source>回车</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>下一栏；最后一栏以后新增下一条</source>
        <translation>Next field; after the last one a new record</translation>
    </message>
    <message>
        <source>Shift+回车</source>
        <translation>Shift+Enter</translation>
    </message>
    <message>
        <source>上一栏</source>
        <translation>Previous field</translation>
    </message>
    <message>
        <source>数字</source>
        <translation>Digits</translation>
    </message>
    <message>
        <source>选第几项；0 清空</source>
        <translation>Choose by number; 0 clears</translation>
    </message>
    <message>
        <source>下一处要改的</source>
        <translation>Next answer to be changed</translation>
    </message>
    <message>
        <source>新增一条</source>
        <translation>New record</translation>
    </message>
    <message>
        <source>上一部分、下一部分</source>
        <translation>Previous, next section</translation>
    </message>
    <message>
        <source>回到列表，什么也不会丢</source>
        <translation>Back to the list; nothing is lost</translation>
    </message>
    <message>
        <source>列表、指标和今天要办的</source>
        <translation>Lists, indicators and what is to do</translation>
    </message>
    <message>
        <source>↑ ↓　回车</source>
        <translation>↑ ↓  Enter</translation>
    </message>
    <message>
        <source>选一行、打开</source>
        <translation>Choose a line, open it</translation>
    </message>
    <message>
        <source>直接打字</source>
        <translation>Just type</translation>
    </message>
    <message>
        <source>登记表里就是查找</source>
        <translation>In a register this searches</translation>
    </message>
    <message>
        <source>1…9　A…Z</source>
        <translation>1…9  A…Z</translation>
    </message>
    <message>
        <source>今天要办的、没有算进来的：按行首的字打开</source>
        <translation>To do, not counted: opens the line with this key</translation>
    </message>
    <message>
        <source>全部按键</source>
        <translation>All keys</translation>
    </message>
    <message>
        <source>找什么：登记表、页面、打印件、要办的事、姓名或名称，拼音首字母也行</source>
        <translation>Find a register, page, print-out, command, person or name; first letters of pinyin work too</translation>
    </message>
    <message>
        <source>找什么</source>
        <translation>Find what</translation>
    </message>
    <message>
        <source>找到的</source>
        <translation>Found</translation>
    </message>
    <message>
        <source>↑ ↓ 选，回车打开，Esc 收起</source>
        <translation>↑ ↓ choose, Enter opens, Esc closes</translation>
    </message>
    <message>
        <source>页面</source>
        <translation>Page</translation>
    </message>
    <message>
        <source>办事</source>
        <translation>Command</translation>
    </message>
    <message>
        <source>在帮助里找</source>
        <translation>Search the manual</translation>
    </message>
    <message>
        <source>帮助里没有“{text}”。</source>
        <translation>The manual says nothing about “{text}”.</translation>
    </message>
    <message>
        <source>收起（Esc）</source>
        <translation>Close (Esc)</translation>
    </message>
    <message>
        <source>最近做的事：撤销、重做</source>
        <translation>What was done last: undo, redo</translation>
    </message>
    <message>
        <source>栏目下面的提示</source>
        <translation>Remarks below a field</translation>
    </message>
    <message>
        <source>照抄这些栏目</source>
        <translation>Copy these answers</translation>
    </message>
    <message>
        <source>不是同一人</source>
        <translation>Not the same person</translation>
    </message>
    <message>
        <source>合并到那一条</source>
        <translation>Merge into that record</translation>
    </message>
    <message>
        <source>遮住号码</source>
        <translation>Hide the number</translation>
    </message>
    <message>
        <source>用我填的、用别人的（不要了）</source>
        <translation>Use mine, use the other's (drop mine)</translation>
    </message>
    <message>
        <source>这个数怎么算的</source>
        <translation>How a figure is worked out</translation>
    </message>
    <message>
        <source>这一栏的修改记录</source>
        <translation>Changes of this answer</translation>
    </message>
    <message>
        <source>没填错</source>
        <translation>It is right</translation>
    </message>
    <message>
        <source>不再沿用</source>
        <translation>Keep it no longer</translation>
    </message>
    <message>
        <source>改这一格</source>
        <translation>Edit this cell</translation>
    </message>
    <message>
        <source>复制、粘贴一块</source>
        <translation>Copy, paste a block</translation>
    </message>
    <message>
        <source>照第一行往下填</source>
        <translation>Fill down from the first row</translation>
    </message>
    <message>
        <source>这一列的筛选（Alt+↓）</source>
        <translation>Filter this column (Alt+↓)</translation>
    </message>
    <message>
        <source>选栏目时上移、下移</source>
        <translation>Move a column up or down while choosing columns</translation>
    </message>
    <message>
        <source>按住 F6</source>
        <translation>Hold F6</translation>
    </message>
    <message>
        <source>看一眼遮住的号码</source>
        <translation>Look at hidden numbers</translation>
    </message>
    <message>
        <source>接着上次</source>
        <translation>Go on</translation>
    </message>
    <message>
        <source>“{title}”</source>
        <translation>“{title}”</translation>
    </message>
    <message>
        <source>大约还要 {n} 秒</source>
        <translation>About {n} seconds left</translation>
    </message>
    <message>
        <source>大约还要 {n} 分钟</source>
        <translation>About {n} minutes left</translation>
    </message>
    <message>
        <source>程序 {version}　Qt {qt}　PySide6 {pyside}</source>
        <translation>Program {version}  Qt {qt}  PySide6 {pyside}</translation>
    </message>
    <message>
        <source>诊断文件只有版本、表和条数、文件大小，没有姓名、号码和填写的内容，可以放心发给技术人员。</source>
        <translation>The diagnostic file holds versions, registers with counts and file sizes; no name, number or answer. It is safe to hand to a technician.</translation>
    </message>
    <message>
        <source>存诊断文件…</source>
        <translation>Store a diagnostic file…</translation>
    </message>
    <message>
        <source>存诊断文件</source>
        <translation>Store a diagnostic file</translation>
    </message>
    <message>
        <source>村社台账诊断.txt</source>
        <translation>hsdesk-diagnosis.txt</translation>
    </message>
    <message>
        <source>这个位置写不进去。请换一个位置。</source>
        <translation>Nothing can be written there. Please choose another place.</translation>
    </message>
    <message>
        <source>诊断文件在：{path}</source>
        <translation>The diagnostic file is at: {path}</translation>
    </message>
    <message>
        <source>谁在填：换人时在这里点一下</source>
        <translation>Who types: press here when somebody else goes on</translation>
    </message>
    <message>
        <source>填报人：{name}，按一下换人</source>
        <translation>Who types: {name}; press to change</translation>
    </message>
    <message>
        <source>添加填报人…</source>
        <translation>Add a person…</translation>
    </message>
    <message>
        <source>换填报人</source>
        <translation>Change who types</translation>
    </message>
    <message>
        <source>高对比度：字更黑，线更深</source>
        <translation>High contrast: darker text and lines</translation>
    </message>
    <message>
        <source>字号和颜色</source>
        <translation>Text size and colours</translation>
    </message>
    <message>
        <source>选一个看着舒服的，马上就变。这个程序没有会动的画面。</source>
        <translation>Choose what is comfortable; it changes at once. Nothing in this program moves by itself.</translation>
    </message>
    <message>
        <source>可以随时取消，不会留下半个文件。</source>
        <translation>It can be cancelled at any time; no half file stays.</translation>
    </message>
    <message>
        <source>{done} / {total} {unit}</source>
        <translation>{done} / {total} {unit}</translation>
    </message>
    <message>
        <source>正在存 PDF</source>
        <translation>Storing the PDF</translation>
    </message>
    <message>
        <source>页</source>
        <translation>pages</translation>
    </message>
    <message>
        <source>已停下</source>
        <translation>Stopped</translation>
    </message>
    <message>
        <source>没有存 PDF。原来的文件没有动，数据都在。</source>
        <translation>No PDF was stored. The file before is untouched and your data is all there.</translation>
    </message>
    <message>
        <source>上一条</source>
        <translation>Previous</translation>
    </message>
    <message>
        <source>台账</source>
        <translation>Registers</translation>
    </message>
    <message>
        <source>第 {at}/{n} 条</source>
        <translation>{at} of {n}</translation>
    </message>
    <message>
        <source>下一条</source>
        <translation>Next</translation>
    </message>
    <message>
        <source>收发（{n}）</source>
        <translation>Sync ({n})</translation>
    </message>
    <message>
        <source>{at}/{n} 节 ▾</source>
        <translation>Part {at}/{n} ▾</translation>
    </message>
    <message>
        <source>收发</source>
        <translation>Sync</translation>
    </message>
    <message>
        <source>列表和表格：分开看、左右、上下</source>
        <translation>List and form: apart, side by side, one above the other</translation>
    </message>
    <message>
        <source>上一条、下一条</source>
        <translation>Previous, next record</translation>
    </message>
    <message>
        <source>分子 {numerator}，分母 {denominator}，现在 {value}。</source>
        <translation>Numerator {numerator}, denominator {denominator}, now {value}.</translation>
    </message>
    <message>
        <source>换恢复码…</source>
        <translation>New recovery code…</translation>
    </message>
    <message>
        <source>换成新恢复码</source>
        <translation>Make a new recovery code</translation>
    </message>
    <message>
        <source>恢复码丢了或给别人看过时用：数据的钥匙同时换新，旧的恢复码不再管用，口令不变。几十兆的数据要等几秒。</source>
        <translation>For a recovery code that is lost or was seen by others: the key of the data is made anew too, the old code opens nothing any more, the passphrase stays. With some ten megabytes this takes a few seconds.</translation>
    </message>
    <message>
        <source>{n} 分钟</source>
        <translation>{n} minutes</translation>
    </message>
    <message>
        <source>多久没有按键就自动锁屏（已填的都保存好了，开锁后还在原来那一栏）：</source>
        <translation>Lock the screen when no key was pressed for (what was filled in is stored, and unlocking leads back to the same field):</translation>
    </message>
    <message>
        <source>备份是加密的，要用口令或恢复码才能打开。记住本机后，打开时不用再输口令。</source>
        <translation>Backups are encrypted and open with the passphrase or the recovery code. A remembered computer opens without the passphrase.</translation>
    </message>
    <message>
        <source>正在算…</source>
        <translation>Working it out…</translation>
    </message>
    <message>
        <source>正在算：{done} / {total} 项</source>
        <translation>Working it out: {done} of {total} figures</translation>
    </message>
    <message>
        <source>已停下，没有算完，数据都在。</source>
        <translation>Stopped before the end; all data are there.</translation>
    </message>
    <message>
        <source>重新算</source>
        <translation>Work it out again</translation>
    </message>
    <message>
        <source>“{title}”没有做完。原来的文件没有动，数据都在。</source>
        <translation>“{title}” was not finished. The file before is untouched, all data are there.</translation>
    </message>
    <message>
        <source>备份到 U 盘</source>
        <translation>Back up to a USB stick</translation>
    </message>
    <message>
        <source>行</source>
        <translation>rows</translation>
    </message>
    <message>
        <source>截至</source>
        <translation>As of</translation>
    </message>
    <message>
        <source>打印哪些</source>
        <translation>What to print</translation>
    </message>
    <message>
        <source>全部打印件</source>
        <translation>All print-outs</translation>
    </message>
    <message>
        <source>这一条：{name}</source>
        <translation>This record: {name}</translation>
    </message>
    <message>
        <source>列表里的 {n} 条</source>
        <translation>The {n} of the list</translation>
    </message>
    <message>
        <source>第 {page} 页，共 {n} 页</source>
        <translation>Page {page} of {n}</translation>
    </message>
    <message>
        <source>上一页</source>
        <translation>Previous page</translation>
    </message>
    <message>
        <source>下一页</source>
        <translation>Next page</translation>
    </message>
    <message>
        <source>缩小</source>
        <translation>Smaller</translation>
    </message>
    <message>
        <source>放大</source>
        <translation>Larger</translation>
    </message>
    <message>
        <source>打印这个列表…</source>
        <translation>Print this list…</translation>
    </message>
    <message>
        <source>打印：打开的这一条、列表里看到的</source>
        <translation>Print: the open record, what the list shows</translation>
    </message>
    <message>
        <source>打印预览放大、缩小、还原</source>
        <translation>Make the preview larger, smaller, as it was</translation>
    </message>
    <message>
        <source>示例：人名、电话、数字都是虚构的，随便改，不会上报。</source>
        <translation>Sample: names, telephones and figures are invented. Change what you like; nothing is sent.</translation>
    </message>
    <message>
        <source>先试什么</source>
        <translation>What to try first</translation>
    </message>
    <message>
        <source>扔掉示例</source>
        <translation>Throw the sample away</translation>
    </message>
    <message>
        <source>示例里试着填的都会删掉，找不回来。接着可以新建自己的工作台。</source>
        <translation>What was tried out in the sample is deleted for good. You can then make your own desk.</translation>
    </message>
    <message>
        <source>扔掉</source>
        <translation>Throw away</translation>
    </message>
    <message>
        <source>正在准备示例：{done} / {total} 张表（点这里取消）</source>
        <translation>Making the sample: {done} of {total} registers (press here to cancel)</translation>
    </message>
    <message>
        <source>接着试示例数据</source>
        <translation>Go on with the sample data</translation>
    </message>
    <message>
        <source>先试一试（示例数据）</source>
        <translation>Try it out first (sample data)</translation>
    </message>
    <message>
        <source>这是示例，口令 {passphrase} 已经填好，按回车就打开。</source>
        <translation>This is the sample; its passphrase {passphrase} is filled in already, press Enter to open.</translation>
    </message>
    <message>
        <source>1. 点开一个社区社会组织，改一栏：离开就存好了。
2. 按 Ctrl+N 新增一条，一路按回车填下去。
3. 填错了，点“撤销”。
4. 在“全部查找”里打姓名的拼音首字母。
5. 看“考核指标”差在哪一条，打印一张花名册。
试够了，点“扔掉示例”，新建自己的工作台。</source>
        <translation>1. Open a social organization and change a field: it is stored when you leave the field.
2. Press Ctrl+N for a new record and go down with Enter.
3. Take a mistake back with “Undo”.
4. Search everywhere by the pinyin initials of a name.
5. See in the indicators which record is short, and print a roster.
When you have tried enough, throw the sample away and make your own desk.</translation>
    </message>
    <message>
        <source>示例：随便改，不会上报。</source>
        <translation>Sample: change what you like, nothing is sent.</translation>
    </message>
</context>
<context>
    <name>hsdesk</name>
    <message>
        <source>打印件可以存为 .pdf、.xlsx 或 .docx，不认识 {kind}。</source>
        <translation>A print-out is saved as .pdf, .xlsx or .docx; {kind} is not known.</translation>
    </message>
    <message>
        <source>生成 PDF 需要窗口程序（Qt）。请用 hsdesk 命令，或改存为 .xlsx、.docx。数据没有改动。</source>
        <translation>A PDF needs the program with its window (Qt). Use the hsdesk command, or save as .xlsx or .docx. No data was changed.</translation>
    </message>
    <message>
        <source>{text}</source>
        <translation>{text}</translation>
    </message>
    <message>
        <source>下面没有行了，多出来的没有粘贴。请先新增，再粘贴。</source>
        <translation>There are no rows below; what was left over is not pasted. Add records first, then paste.</translation>
    </message>
    <message>
        <source>子表下面没有行了，多出来的没有粘贴。</source>
        <translation>The roster has no rows below; what was left over is not pasted.</translation>
    </message>
    <message>
        <source>按这一条的其他内容，这一栏不用填。</source>
        <translation>What the record says elsewhere leaves nothing to fill in here.</translation>
    </message>
    <message>
        <source>这一条在这里只能看，不能改。</source>
        <translation>This record can only be read here.</translation>
    </message>
    <message>
        <source>这一条已经作废，不能改。</source>
        <translation>This record is deleted and cannot be changed.</translation>
    </message>
    <message>
        <source>这一条已经入账，不能改。记错了请冲正。</source>
        <translation>This entry is closed and cannot be changed. Reverse it if it is wrong.</translation>
    </message>
    <message>
        <source>这一栏不能粘贴。</source>
        <translation>Nothing can be pasted into this column.</translation>
    </message>
    <message>
        <source>这一栏由程序算出，或要在登记表里填，不能粘贴。</source>
        <translation>This column is computed, or filled on the record's page; nothing can be pasted.</translation>
    </message>
    <message>
        <source>这张表在这里只能看，不能新增，多出来的行没有粘贴。</source>
        <translation>This register can only be read here; the rows left over are not pasted.</translation>
    </message>
    <message>
        <source>这张表的编号由程序接着往下排，多出来的行没有粘贴。请用「新增」一条条填。</source>
        <translation>The program numbers these records itself; the rows left over are not pasted. Add them one by one.</translation>
    </message>
    <message>
        <source>“{title}”由全部记录算出来，不能只打印其中几条。请去掉 --record 和 --where。没有生成文件。</source>
        <translation>“{title}” is computed from all records and cannot be printed for some of them. Leave out --record and --where. No file was made.</translation>
    </message>
    <message>
        <source>没有符合条件的记录，没有生成文件。请核对 --record、--where 和日期。</source>
        <translation>No record fits, so no file was made. Check --record, --where and the day.</translation>
    </message>
    <message>
        <source>“{title}”里没有这一条（{record}），没有生成文件。</source>
        <translation>“{title}” has no such record ({record}). No file was made.</translation>
    </message>
    <message>
        <source>这一条（{record}）已作废或已合并，不能打印，没有生成文件。要打印请先恢复。</source>
        <translation>This record ({record}) was deleted or merged and cannot be printed. No file was made. Restore it first.</translation>
    </message>
    <message>
        <source>“{register}”没有“{name}”这一栏，没有生成文件。</source>
        <translation>“{register}” has no column “{name}”. No file was made.</translation>
    </message>
    <message>
        <source>完整打印或导出要再输一次开机口令（HSDESK_PASSPHRASE）。没有生成文件。</source>
        <translation>A full print or export asks for the passphrase once more (HSDESK_PASSPHRASE). No file was made.</translation>
    </message>
    <message>
        <source>--reason 和 --full 一起用：写明为什么要完整打印或导出。</source>
        <translation>Use --reason with --full: it says why a full print or export is needed.</translation>
    </message>
    <message>
        <source>“{title}”是公示件，不能完整打印。没有生成文件，请打印平常的公示件。</source>
        <translation>“{title}” is a public notice and is never printed in full. No file was made; print the usual notice.</translation>
    </message>
    <message>
        <source>打印件“{title}”是交叉表，格子里人数太少，不能作公示件。</source>
        <translation>Print-out “{title}” is a cross table: its cells count too few people for a public notice.</translation>
    </message>
    <message>
        <source>完整打印或导出要写明原因（--reason）。没有生成文件。</source>
        <translation>A full print or export needs a reason (--reason). No file was made.</translation>
    </message>
    <message>
        <source>“{name}”最多写 {most} 字，现在有 {count} 字。请分几处写，或作为附件。</source>
        <translation>“{name}” takes at most {most} characters; there are {count}. Write in several places, or attach a file.</translation>
    </message>
    <message>
        <source>“{name}”不是按百分数填的，请只填数字；您填的是“{typed}”。</source>
        <translation>“{name}” is not given in per cent, type the number alone; you typed “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”只是说明，不用填写。</source>
        <translation>“{name}” only explains; it is not filled in.</translation>
    </message>
    <message>
        <source>“{name}”只能打勾或不打勾；您填的是“{typed}”，打勾请写 OK。</source>
        <translation>“{name}” is ticked or not; you typed “{typed}”, write OK for a tick.</translation>
    </message>
    <message>
        <source>“{name}”是附件，请选择文件。</source>
        <translation>“{name}” is an attachment: choose a file.</translation>
    </message>
    <message>
        <source>“{name}”末三位是000且校验码不对，可能在表格软件里损坏了，请照证件重新填写。</source>
        <translation>“{name}” ends in 000 and its check digit is wrong: a spreadsheet may have damaged it. Type it again from the paper.</translation>
    </message>
    <message>
        <source>“{name}”的数字最多{most}位，再长的末几位不准。长号码请按文本填写。</source>
        <translation>“{name}” takes numbers of at most {most} digits, the last ones of longer numbers are not exact. Give long numbers as text.</translation>
    </message>
    <message>
        <source>“{name}”的数字最多{most}位，您填的是“{typed}”。</source>
        <translation>“{name}” takes at most {most} digits; you typed “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”的选项里没有“{typed}”。可选：{some}</source>
        <translation>“{name}” has no choice “{typed}”. The choices are: {some}</translation>
    </message>
    <message>
        <source>“{name}”的题型“{word}”这个版本的程序不认识。请先升级程序，已填的内容都还在。</source>
        <translation>This version of the program does not know the type “{word}” of “{name}”. Update the program first; what was filled in is still there.</translation>
    </message>
    <message>
        <source>“{name}”要填{what}；您填的是“{typed}”。</source>
        <translation>“{name}” needs {what}; you typed “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”要填年月，例如 1975-08；您填的是“{typed}”。</source>
        <translation>“{name}” needs a year and a month such as 1975-08; you typed “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”要填日期和时间，例如 2026-03-15 08:30；您填的是“{typed}”。</source>
        <translation>“{name}” needs a day and a time such as 2026-03-15 08:30; you typed “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”要填日期，“{typed}”的年份太早，请核对。年份写四位，例如 2026-03-15。</source>
        <translation>“{name}” needs a date; the year of “{typed}” is too early. Write four digits, such as 2026-03-15.</translation>
    </message>
    <message>
        <source>“{name}”要填日期，写完整的年月日，例如 2026-03-15；您填的是“{typed}”。</source>
        <translation>“{name}” needs a whole date such as 2026-03-15; you typed “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”要填日期，日历上没有“{typed}”这一天，请核对。</source>
        <translation>“{name}” needs a date; the calendar has no “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”要填时间，例如 08:30；您填的是“{typed}”。</source>
        <translation>“{name}” needs a time such as 08:30; you typed “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”里叫“{typed}”的选项不止一个，请写代码。</source>
        <translation>“{name}” has several choices called “{typed}”; write the code.</translation>
    </message>
    <message>
        <source>“{name}”里有半个字符（可能是表情符号被截断了），请删去后重新填写。您填的是“{typed}”。</source>
        <translation>“{name}” holds half a character (an emoji may have been cut). Delete it and type again. You typed “{typed}”.</translation>
    </message>
    <message>
        <source>“{name}”里的号码被写成了科学计数“{typed}”，末几位已经丢失，请照原件重新填写。</source>
        <translation>The number in “{name}” became “{typed}”; its last digits are lost. Type it again from the paper.</translation>
    </message>
    <message>
        <source>“{name}”里的逗号看不出是小数点还是分节号。小数点请用“.”，例如 3.5；您填的是“{typed}”。</source>
        <translation>The comma in “{name}” may be a decimal point or separate thousands. Use “.” as decimal point, such as 3.5; you typed “{typed}”.</translation>
    </message>
    <message>
        <source>子表的行数由别的栏目决定，给的行数比它多。请核对。</source>
        <translation>Another answer says how many rows the roster has; more were given.</translation>
    </message>
    <message>
        <source>子表里的 _id“{row}”不对。</source>
        <translation>The _id “{row}” in a roster is not right.</translation>
    </message>
    <message>
        <source>“{name}”要从{levels}里选，“{place}”是{level}一级。</source>
        <translation>“{name}” is chosen from {levels}; “{place}” is of the level {level}.</translation>
    </message>
    <message>
        <source>这台电脑上没有任务或进度的数据，不能打印。请先同步。</source>
        <translation>This computer holds no tasks or no progress reports, so nothing can be printed. Sync first.</translation>
    </message>
    <message>
        <source>“{form}”每个单位只有一张，“{place}”已经有了，没有新增。请打开原来那张修改。</source>
        <translation>There is one “{form}” for each unit and “{place}” has it already, so none was added. Open that one and change it.</translation>
    </message>
    <message>
        <source>只能转到同一级的单位。没有改动。</source>
        <translation>A record moves only to a place of the same level. Nothing was changed.</translation>
    </message>
    <message>
        <source>没有填报“{place}”的权限，没有转移。</source>
        <translation>“{place}” is not yours to fill in; the record was not moved.</translation>
    </message>
    <message>
        <source>登记表里没有“{field}”这个栏目。</source>
        <translation>The form has no answer “{field}”.</translation>
    </message>
    <message>
        <source>程序出了一点问题，请再试一次；还不行请找技术人员。</source>
        <translation>The program made a mistake. Please try again; if it still fails, ask a technician.</translation>
    </message>
    <message>
        <source>请写明清除的原因。</source>
        <translation>Give the reason for erasing.</translation>
    </message>
    <message>
        <source>这条记录已经在“{place}”。</source>
        <translation>This record is in “{place}” already.</translation>
    </message>
    <message>
        <source>这一条已经冲正过了，不能再冲正一次。您的数据没有改动。</source>
        <translation>This entry has been reversed before and cannot be reversed again. Nothing was changed.</translation>
    </message>
    <message>
        <source>这一条还没有填完，直接改或作废就行，不用冲正。</source>
        <translation>This entry is not finished: change or delete it directly, no reversal is needed.</translation>
    </message>
    <message>
        <source>要合并的两条不都在这个村（社区）。内容都没有改动，请刷新后再看。</source>
        <translation>The two records to be merged are not both in this village or community. Nothing was changed; please refresh and look again.</translation>
    </message>
    <message>
        <source>这两条不能合并：要合并的必须是同一张登记表里两条在用的。内容都没有改动。</source>
        <translation>These two cannot be merged: they must be two records of one register that are in use. Nothing was changed.</translation>
    </message>
    <message>
        <source>这一条已经作废，不用冲正。您的数据没有改动。</source>
        <translation>This entry is deleted and needs no reversal. Nothing was changed.</translation>
    </message>
    <message>
        <source>请写明冲正的原因。</source>
        <translation>Please give the reason for the reversal.</translation>
    </message>
    <message>
        <source>“{form}”可以直接修改，不用冲正。您的数据没有改动。</source>
        <translation>“{form}” can be changed directly and needs no reversal. Nothing was changed.</translation>
    </message>
    <message>
        <source>“{form}”只增不改：这一条已经入账，不能修改或作废，您的数据没有改动。记错了请冲正，原来的和冲正的都会留着。</source>
        <translation>“{form}” is only added to: this entry is booked and cannot be changed or deleted; nothing was changed. If it is wrong, reverse it; both entries are kept.</translation>
    </message>
    <message>
        <source>PDF 没有写成，可能磁盘已满。数据都还在，请腾出空间后再打印。</source>
        <translation>The PDF was not written; the disk may be full. The data is all there; make room and print again.</translation>
    </message>
    <message>
        <source>{reason}</source>
        <translation>{reason}</translation>
    </message>
    <message>
        <source>“{form}”在这里只能看，不能改。</source>
        <translation>“{form}” can only be read here.</translation>
    </message>
    <message>
        <source>“{place}”这一级不填“{form}”，没有新增。您的数据没有改动。</source>
        <translation>“{form}” is not filled at the level of “{place}”; nothing was added. Your data is unchanged.</translation>
    </message>
    <message>
        <source>“{form}”在这里只能看，不能改。您的数据没有改动。</source>
        <translation>“{form}” can only be read here. Your data is unchanged.</translation>
    </message>
    <message>
        <source>“{name}”打不开，不是完好的 .xlsx 表格。</source>
        <translation>“{name}” does not open; it is not a sound .xlsx workbook.</translation>
    </message>
    <message>
        <source>“{name}”是子表，要写成一组记录。</source>
        <translation>“{name}” is a roster; give a list of records.</translation>
    </message>
    <message>
        <source>“{name}”是旧格式。请用 WPS 或 Excel 另存为 .xlsx 后再导入。</source>
        <translation>“{name}” is of an old format. Save it as .xlsx in WPS or Excel, then import it.</translation>
    </message>
    <message>
        <source>“{name}”的写法不对。</source>
        <translation>“{name}” is not written as it should be.</translation>
    </message>
    <message>
        <source>“{path}”不是一栏，不能填。</source>
        <translation>“{path}” is not a field.</translation>
    </message>
    <message>
        <source>“{path}”不是子表。</source>
        <translation>“{path}” is not a roster.</translation>
    </message>
    <message>
        <source>“{text}”不在可选范围。可选：{some}</source>
        <translation>“{text}” is no choice. Choices: {some}</translation>
    </message>
    <message>
        <source>“{text}”不是完整的日期，请写成 2020-03-05。</source>
        <translation>“{text}” is not a whole date; write 2020-03-05.</translation>
    </message>
    <message>
        <source>“{text}”不是年月，请写成 1975-08。</source>
        <translation>“{text}” is not a year and month; write 1975-08.</translation>
    </message>
    <message>
        <source>“{text}”不是数字，请只填数字。</source>
        <translation>“{text}” is not a number; give digits only.</translation>
    </message>
    <message>
        <source>“{text}”不是数字。</source>
        <translation>“{text}” is not a number.</translation>
    </message>
    <message>
        <source>“{text}”不是日期和时间，请写成 2020-03-05 08:30。</source>
        <translation>“{text}” is not a date and time; write 2020-03-05 08:30.</translation>
    </message>
    <message>
        <source>“{text}”在“{register}”里{reason}。</source>
        <translation>“{text}” in “{register}”: {reason}.</translation>
    </message>
    <message>
        <source>“{text}”应为整数。</source>
        <translation>“{text}” should be a whole number.</translation>
    </message>
    <message>
        <source>“{title}”还没有填，不能打印。请先录入。</source>
        <translation>“{title}” is not filled yet and cannot be printed. Please fill it first.</translation>
    </message>
    <message>
        <source>不能读写台账文件，这一次没有存上；以前保存的内容都在。请检查磁盘是否正常、是否允许写入，然后重试。</source>
        <translation>The data file cannot be read or written; this change was not saved, all earlier ones are. Check the disk and whether writing is allowed, then try again.</translation>
    </message>
    <message>
        <source>不能读写文件“{name}”。已保存的内容没有改变。请检查磁盘或 U 盘是否插好、是否允许写入，然后重试。</source>
        <translation>The file “{name}” cannot be read or written. What was saved is unchanged. Check the disk or USB stick, then try again.</translation>
    </message>
    <message>
        <source>修改时要写明 _id。</source>
        <translation>A change must name its _id.</translation>
    </message>
    <message>
        <source>分不出哪一边是您改的，请直接选 a 或 b。</source>
        <translation>Neither side can be told to be yours; please choose a or b.</translation>
    </message>
    <message>
        <source>区划文件 {name} 的表头不对，应为：{want}。</source>
        <translation>The heading of the file of places {name} is wrong; it should be: {want}.</translation>
    </message>
    <message>
        <source>区划文件 {name} 第 {row} 行的列数不对。</source>
        <translation>Line {row} of the file of places {name} has the wrong number of columns.</translation>
    </message>
    <message>
        <source>区划目录里没有代码 {code}。请核对代码，或先更新区划目录。</source>
        <translation>The directory has no code {code}. Check it, or update the directory first.</translation>
    </message>
    <message>
        <source>区划目录里没有这个单位（{place}）。数据没有改动，请先更新区划目录。</source>
        <translation>The directory has no such place ({place}). The data is unchanged; update the directory first.</translation>
    </message>
    <message>
        <source>口令不对。资料没有改变，请再输一次；忘记口令可用打印的恢复码打开。</source>
        <translation>The passphrase is wrong. The data is unchanged; type it again, or use the printed recovery code.</translation>
    </message>
    <message>
        <source>口令不对，台账没有打开。资料没有改变，请检查大小写和中英文输入法后再输一次；忘记口令可用打印的恢复码打开。</source>
        <translation>The passphrase is wrong and the desk was not opened. The data is unchanged. Check case and input method and type it again; if it is forgotten, use the printed recovery code.</translation>
    </message>
    <message>
        <source>口令不能为空，请输入口令。</source>
        <translation>The passphrase is empty; please type it.</translation>
    </message>
    <message>
        <source>台账文件已损坏，不能打开。请不要删除任何文件；用“恢复备份”选最近一次好的备份即可找回，备份以后上报过的内容可从市级服务器取回。</source>
        <translation>The data file is damaged and does not open. Do not delete anything; restore the latest good backup, and what was sent since then comes back from the city server.</translation>
    </message>
    <message>
        <source>台账文件正被另一个程序占用。已保存的内容都在。请关闭其他窗口或杀毒、备份软件后重试。</source>
        <translation>Another program holds the data file. All that was saved is there. Close other windows, antivirus or backup programs, then try again.</translation>
    </message>
    <message>
        <source>号码被写成了科学计数，末几位已经丢失，请照原件重新填写。</source>
        <translation>The number was written in scientific notation and lost its last digits; please fill it in from the original.</translation>
    </message>
    <message>
        <source>在“{name}”里没有找到“{title}”的表头。请核对是不是这张表，或先做表头对照。</source>
        <translation>The headings of “{title}” were not found in “{name}”. Check that it is this table, or map its headings first.</translation>
    </message>
    <message>
        <source>子表“{name}”里有一行不是记录。</source>
        <translation>One line of the roster “{name}” is not a record.</translation>
    </message>
    <message>
        <source>工作台已经锁上。已填内容都保存在本机，请重新输入开机口令。</source>
        <translation>The desk is locked. Everything is saved here; please type the passphrase again.</translation>
    </message>
    <message>
        <source>市级服务器出了故障，这次没有同步。已填内容都保存在本机，请稍后再点一次“数据同步”。</source>
        <translation>The city server failed and nothing was synced. Everything is saved here; please sync again later.</translation>
    </message>
    <message>
        <source>市级服务器总是丢失已收到的数据，这次没有同步完。数据都在本机，请联系系统管理员。</source>
        <translation>The city server keeps losing data it had received; the sync did not finish. Everything is here; please tell the administrator.</translation>
    </message>
    <message>
        <source>市级服务器的回答过大，没有读入。已填内容都保存在本机。</source>
        <translation>The answer of the city server was too large and was not read. Everything is saved here.</translation>
    </message>
    <message>
        <source>市级服务器的证书不对，没有发送任何数据。请核对服务器地址，或向上级重新申请登记码。</source>
        <translation>The certificate of the city server is wrong; nothing was sent. Check the address, or ask for a new code.</translation>
    </message>
    <message>
        <source>请填写姓名，最多 {most} 个字，不能只是数字。</source>
        <translation>Please fill in a name of at most {most} characters that is not only digits.</translation>
    </message>
    <message>
        <source>一台电脑上最多登记 {most} 位填报人。</source>
        <translation>At most {most} persons can type at one computer.</translation>
    </message>
    <message>
        <source>填报人里已经有“{name}”。同名的人请加上区别，例如所在网格。</source>
        <translation>“{name}” is here already. Tell people of one name apart, for example by their grid.</translation>
    </message>
    <message>
        <source>填报人里没有“{name}”。请先添加：person add {name}</source>
        <translation>Nobody here is called “{name}”. Add them first: person add {name}</translation>
    </message>
    <message>
        <source>服务器地址“{url}”不对，应以 https:// 开头。请照登记单重新输入。</source>
        <translation>The server address “{url}” is wrong; it begins with https://. Please type it again from the paper.</translation>
    </message>
    <message>
        <source>代理地址“{url}”不对，例如 http://10.0.0.1:3128；不用代理就填“无”。</source>
        <translation>The proxy address “{url}” is wrong. Example: http://10.0.0.1:3128; without a proxy write 无.</translation>
    </message>
    <message>
        <source>像是上网登录页，请先打开浏览器登录；这里上网要经过代理的，请填代理地址。已填内容都保存在本机。</source>
        <translation>This looks like the login page of a network. Please open a browser and log in first; where a proxy is needed, fill in its address. Everything is saved here.</translation>
    </message>
    <message>
        <source>像是上网登录页，请先打开浏览器登录，再试一次；已经登录的，请核对服务器地址。已填内容都保存在本机。</source>
        <translation>This looks like the login page of a network. Please open a browser, log in and try again; if you are logged in, check the server address. Everything is saved here.</translation>
    </message>
    <message>
        <source>市级服务器的证书现在不在有效期内，没有发送任何数据。请先核对这台电脑的日期和时间（现在是 {here}）；时间没错的，请告诉系统管理员更新证书。已填内容都保存在本机。</source>
        <translation>The certificate of the city server is not valid now; nothing was sent. First check the date and time of this computer (now {here}); if they are right, tell the administrator to renew the certificate. Everything is saved here.</translation>
    </message>
    <message>
        <source>这台电脑的时间不对：电脑上是 {here}，市级服务器上是 {there}，没有同步。请把电脑的日期和时间调对，再试一次。已填内容都保存在本机。</source>
        <translation>The clock of this computer is wrong: it says {here}, the city server {there}. Nothing was synced. Please set date and time right and try again. Everything is saved here.</translation>
    </message>
    <message>
        <source>市级服务器的证书过期了，没有发送任何数据。请告诉系统管理员更新证书。已填内容都保存在本机。</source>
        <translation>The certificate of the city server has expired; nothing was sent. Please tell the administrator to renew it. Everything is saved here.</translation>
    </message>
    <message>
        <source>这个地址上的服务器没有用加密连接，请核对地址开头是 https:// 还是 http://。没有发送任何数据。</source>
        <translation>The server at this address does not speak TLS. Check whether the address begins with https:// or http://. Nothing was sent.</translation>
    </message>
    <message>
        <source>经过代理联系不上市级服务器，请核对代理地址。已填内容都保存在本机。</source>
        <translation>The city server cannot be reached through the proxy. Check the address of the proxy. Everything is saved here.</translation>
    </message>
    <message>
        <source>这台服务器用加密连接，地址应以 https:// 开头。请改好再登记。</source>
        <translation>This server speaks TLS: its address begins with https://. Please correct it and register again.</translation>
    </message>
    <message>
        <source>市级服务器缺少这台电脑以前报过的数据，这次没有同步。数据都在本机，请联系系统管理员。</source>
        <translation>The city server lacks data that this computer had sent; nothing was synced. Everything is here; please tell the administrator.</translation>
    </message>
    <message>
        <source>恢复码应为 8 组、每组 6 个数字，现在共有 {count} 个数字。请对照打印的恢复码重新输入，资料没有改变。</source>
        <translation>A recovery code has 8 groups of 6 digits; there are {count} digits. Type it again from the paper; the data is unchanged.</translation>
    </message>
    <message>
        <source>恢复码第 {place} 组抄错了，请对照打印的恢复码再看一遍，资料没有改变。</source>
        <translation>Group {place} of the recovery code was copied wrongly; please compare it with the paper. The data is unchanged.</translation>
    </message>
    <message>
        <source>打印件定义 {name} 有误：{error}</source>
        <translation>The definition of the print-out {name} is wrong: {error}</translation>
    </message>
    <message>
        <source>打印没有开始：打印机没有准备好，或磁盘已满。数据都还在，请检查后再打印。</source>
        <translation>Printing did not start: the printer is not ready, or the disk is full. The data is all there; check and print again.</translation>
    </message>
    <message>
        <source>找不到文件“{name}”。请检查它是否被移走或改名。</source>
        <translation>The file “{name}” was not found. It may have been moved or renamed.</translation>
    </message>
    <message>
        <source>找不到这一条（{record}）。</source>
        <translation>This record was not found ({record}).</translation>
    </message>
    <message>
        <source>找不到这一条（{record}）。可能还没有下载，请先数据同步。</source>
        <translation>This record was not found ({record}). It may not have been received yet; please sync first.</translation>
    </message>
    <message>
        <source>日期写法不对：{text}。请写成 2026-03-31。</source>
        <translation>The date {text} is not understood. Write it as 2026-03-31.</translation>
    </message>
    <message>
        <source>--as-of 和 --period 只能写一个：写日期，或者写报告期。</source>
        <translation>Give either --as-of or --period: a date, or a reporting period.</translation>
    </message>
    <message>
        <source>报告期“{text}”看不懂。请写成 2020、2020H1、2020Q1 或 2020M03 这样。</source>
        <translation>The period “{text}” is not understood. Write 2020, 2020H1, 2020Q1 or 2020M03.</translation>
    </message>
    <message>
        <source>收到的{what}与市级服务器登记的不一致，没有使用。</source>
        <translation>The {what} received is not the one the city server registered; it was not used.</translation>
    </message>
    <message>
        <source>数据包不完整或展开后过大，没有读入。</source>
        <translation>The message is incomplete or too large when unpacked; it was not read.</translation>
    </message>
    <message>
        <source>数据包已损坏或不是本软件的数据，没有读入。</source>
        <translation>The message is damaged or not of this program; it was not read.</translation>
    </message>
    <message>
        <source>数据包超过大小限制，没有读入。</source>
        <translation>The message is too large; it was not read.</translation>
    </message>
    <message>
        <source>数据包里有超出范围的编号，没有读入。</source>
        <translation>The message holds a number out of range; it was not read.</translation>
    </message>
    <message>
        <source>数据包里栏目与内容的数目不一致。</source>
        <translation>The message holds another number of fields than of values.</translation>
    </message>
    <message>
        <source>一次上报的改动过多，没有接收。</source>
        <translation>Too many changes at once; they were not taken.</translation>
    </message>
    <message>
        <source>数据包里的各列长短不一。</source>
        <translation>The columns of the message differ in length.</translation>
    </message>
    <message>
        <source>数据包里的编号不完整。</source>
        <translation>A number in the message is incomplete.</translation>
    </message>
    <message>
        <source>数据包里的编号指向不存在的内容。</source>
        <translation>A number in the message points to nothing.</translation>
    </message>
    <message>
        <source>新版表单“{title}”不能安装。{first}</source>
        <translation>The new version of “{title}” cannot be installed. {first}</translation>
    </message>
    <message>
        <source>服务器地址应以 https:// 开头，不加密的连接没有使用。</source>
        <translation>The address must begin with https://; no unencrypted connection was used.</translation>
    </message>
    <message>
        <source>服务器的证书读不懂，没有登记。</source>
        <translation>The certificate of the server cannot be read; the computer was not registered.</translation>
    </message>
    <message>
        <source>本机保存的服务器证书不对，请重新登记。已填内容都保存在本机。</source>
        <translation>The server certificate kept here is wrong; please register again. Everything is saved here.</translation>
    </message>
    <message>
        <source>没有“{name}”这个打印件。可用的有：{known}。</source>
        <translation>There is no print-out “{name}”. There are: {known}.</translation>
    </message>
    <message>
        <source>没有“{name}”这张登记表。用 forms list 看有哪些。</source>
        <translation>There is no register “{name}”. See forms list.</translation>
    </message>
    <message>
        <source>没有“{text}”这一天。</source>
        <translation>There is no such day: “{text}”.</translation>
    </message>
    <message>
        <source>没有第 {version} 版，一共 {count} 版。</source>
        <translation>There is no version {version}; there are {count}.</translation>
    </message>
    <message>
        <source>没有这一处（{id}），可能别人已经取舍过了。</source>
        <translation>There is no such difference ({id}); somebody may have settled it already.</translation>
    </message>
    <message>
        <source>没有这一行（{path}）。</source>
        <translation>There is no such row ({path}).</translation>
    </message>
    <message>
        <source>登记码不属于这台服务器，没有登记。请核对服务器地址和登记码。</source>
        <translation>The code does not belong to this server; the computer was not registered. Check address and code.</translation>
    </message>
    <message>
        <source>登记码应为 28 位字母和数字，请照登记单重新输入。</source>
        <translation>A registration code has 28 letters and digits; please type it again from the slip.</translation>
    </message>
    <message>
        <source>报告期“{text}”的年份要在 {first} 到 {last} 之间。</source>
        <translation>The year of the period “{text}” must be between {first} and {last}.</translation>
    </message>
    <message>
        <source>一次最多查 {most} 个词，这里有 {n} 个。请删去一些再查。</source>
        <translation>At most {most} words can be searched for at once; these are {n}. Take some out and search again.</translation>
    </message>
    <message>
        <source>登记表“{form}”没有栏目“{name}”，不能按它排序。</source>
        <translation>“{form}” has no field “{name}” to sort by.</translation>
    </message>
    <message>
        <source>登记表里没有“{key}”这个栏目。</source>
        <translation>The register has no field “{key}”.</translation>
    </message>
    <message>
        <source>磁盘已满，这一次没有存上；以前保存的内容都在。请删除一些不用的文件腾出空间，再继续填写。</source>
        <translation>The disk is full; this change was not saved, all earlier ones are. Delete files you do not need, then go on.</translation>
    </message>
    <message>
        <source>筛选条件写得不对：{reason}</source>
        <translation>The condition is not written as it should be: {reason}</translation>
    </message>
    <message>
        <source>表单“{name}”不能使用。{first}</source>
        <translation>The form “{name}” cannot be used. {first}</translation>
    </message>
    <message>
        <source>表单的表达式不能用：{path}：{text}</source>
        <translation>An expression of the form cannot be used: {path}: {text}</translation>
    </message>
    <message>
        <source>表单的计算绕成了圈：{circle}。</source>
        <translation>The computations of the form go in a circle: {circle}.</translation>
    </message>
    <message>
        <source>表单里“{name}”的计算停不下来：几行互相引用绕成了圈。已填内容没有丢失。</source>
        <translation>The computation of “{name}” does not end: rows refer to each other in a circle. Nothing you filled is lost.</translation>
    </message>
    <message>
        <source>文件没有写成（{why}）。数据都还在，请关闭打开着的同名文件、腾出空间或换一个文件夹，再试一次。</source>
        <translation>The file was not written ({why}). The data is all there; close the file of that name, make room or choose another folder, then try again.</translation>
    </message>
    <message>
        <source>已有填报任务“{other}”，编号只差大小写，不能再用“{name}”。</source>
        <translation>There is a round “{other}” whose id differs in capitals only; “{name}” cannot be used as well.</translation>
    </message>
    <message>
        <source>请写明打印件和文件：report 名称 --out 文件；有哪些见 report --list。</source>
        <translation>Name a print-out and a file: report NAME --out FILE; report --list shows those that there are.</translation>
    </message>
    <message>
        <source>没有“{folder}”这个文件夹，文件没有写成。数据都还在，请换一个文件夹，或先建好它。</source>
        <translation>There is no folder “{folder}”; the file was not written. The data is all there; choose another folder or make it first.</translation>
    </message>
    <message>
        <source>“{register}”没有“{name}”这一栏，什么都没有改动。</source>
        <translation>“{register}” has no column “{name}”; nothing was changed.</translation>
    </message>
    <message>
        <source>表里没有这一栏（{path}）。</source>
        <translation>The form has no such field ({path}).</translation>
    </message>
    <message>
        <source>记录不在登记表“{form}”中。请刷新后重试。</source>
        <translation>The record is not in “{form}”. Look at the list again and retry.</translation>
    </message>
    <message>
        <source>请先选好所属村（社区）。</source>
        <translation>Please choose the village (community) first.</translation>
    </message>
    <message>
        <source>请写明作废的原因。</source>
        <translation>Please give the reason for deleting.</translation>
    </message>
    <message>
        <source>请填写使用人姓名。</source>
        <translation>Please give the name of the user.</translation>
    </message>
    <message>
        <source>请输入开机口令。</source>
        <translation>Please type the passphrase.</translation>
    </message>
    <message>
        <source>身份证号末三位是000且校验码不对，可能在表格软件里损坏了，请照证件重新填写。</source>
        <translation>The ID number ends in 000 and its check digit is wrong; a spreadsheet may have damaged it. Please fill it in from the card.</translation>
    </message>
    <message>
        <source>这一行不是一条记录。请写成 {{"栏目": 值}} 的样子。</source>
        <translation>This line is not a record. Write it as {{"field": value}}.</translation>
    </message>
    <message>
        <source>这不是这份台账的恢复码（可能已经换过新的）。资料没有改变，请找最近一次打印的恢复码。</source>
        <translation>This is not the recovery code of this desk (it may have been renewed). The data is unchanged; find the code that was printed last.</translation>
    </message>
    <message>
        <source>这个地址上的不是市级服务器，请核对地址。已填内容都保存在本机。</source>
        <translation>There is no city server at this address; please check it. Everything is saved here.</translation>
    </message>
    <message>
        <source>这个工作台有几个村（社区），请用 --place 写明是哪一个。</source>
        <translation>This desk holds several places; please say which one with --place.</translation>
    </message>
    <message>
        <source>这个工作台没有 {code} 的数据。</source>
        <translation>This desk holds no data of {code}.</translation>
    </message>
    <message>
        <source>这个工作台没有 {code} 的数据。所属村（社区）见 status。</source>
        <translation>This desk holds no data of {code}. See status for its places.</translation>
    </message>
    <message>
        <source>这个文件夹里还没有工作台。请先新建，或换到原来的文件夹：{home}</source>
        <translation>There is no desk in this folder yet. Make one, or go to the folder it is in: {home}</translation>
    </message>
    <message>
        <source>这份台账没有恢复码，请用口令打开。资料没有改变。</source>
        <translation>This desk has no recovery code; open it with the passphrase. The data is unchanged.</translation>
    </message>
    <message>
        <source>这份备份不完整或已损坏，没有恢复，现有资料没有改变。请换一份备份再试。</source>
        <translation>This backup is incomplete or damaged. Nothing was restored and your data is unchanged. Please try another backup.</translation>
    </message>
    <message>
        <source>这台电脑上已经打开了一个窗口，同一份台账不能同时打开两次。已保存的内容都在。请切换到那个窗口，或先关闭它再打开。</source>
        <translation>A window is open on this computer already; the same desk cannot be opened twice. All that was saved is there. Go to that window, or close it first.</translation>
    </message>
    <message>
        <source>这台电脑上没有“{title}”的数据，不能导出。请先同步。</source>
        <translation>This computer has no data for “{title}”. Please sync first, then export.</translation>
    </message>
    <message>
        <source>打印件“{title}”这里做不出来：{lack}。资料都在，别的打印件照常。请恢复这一栏，或告诉系统管理员。</source>
        <translation>The print-out “{title}” cannot be made here: {lack}. The data is safe, and other print-outs work as before. Please restore this question, or tell the administrator.</translation>
    </message>
    <message>
        <source>填报任务的编号“{name}”不能用：要{rule}。</source>
        <translation>The round id “{name}” cannot be used: a lower-case letter first, then lower-case letters, digits and underscores, at most 48 characters ({rule}).</translation>
    </message>
    <message>
        <source>表单编号“{form}”不能用：不能以 hs_、sqlite_、pg_ 或下划线开头，也不能以 _pkey 结尾。请改名后重新导入。</source>
        <translation>The form id “{form}” cannot be used: it must not begin with hs_, sqlite_, pg_ or an underscore, nor end with _pkey. Please rename it and import again.</translation>
    </message>
    <message>
        <source>新版表单“{title}”不能安装：{moved}。级别定了以后不能改；请另取编号，当作新的一张表。</source>
        <translation>The new version of “{title}” cannot be installed: {moved}. Class and level stay as they were first published; please give it another id, as a new form.</translation>
    </message>
    <message>
        <source>这台电脑上没有“{title}”的数据，不能打印。请先同步。</source>
        <translation>This computer has no data for “{title}”. Please sync first, then print.</translation>
    </message>
    <message>
        <source>这台电脑上没有社会组织的数据，不能汇总。请先同步。</source>
        <translation>This computer has no data of organizations to add up. Please sync first.</translation>
    </message>
    <message>
        <source>登记表“{title}”还没有打开。请在“设置”里打勾，或用 forms open {form} 打开。</source>
        <translation>The register “{title}” is not switched on yet. Tick it in Settings, or use forms open {form}.</translation>
    </message>
    <message>
        <source>登记表“{name}”这里用不了，没有打开；填过的内容都没有改变。请告诉系统管理员。（{detail}）</source>
        <translation>The register “{name}” cannot be used here and was not switched on; nothing that was typed has changed. Please tell the administrator. ({detail})</translation>
    </message>
    <message>
        <source>这台电脑上还没有登记表“{form}”。请先收取一次表单，或请上级下发。</source>
        <translation>This computer does not have the register “{form}” yet. Sync to receive it, or ask for it.</translation>
    </message>
    <message>
        <source>这台电脑还没有在市级服务器登记。已填内容都保存在本机，请先用登记码做“设备登记”。</source>
        <translation>This computer is not registered with the city server. Everything is saved here; please register it with a code first.</translation>
    </message>
    <message>
        <source>这张子表已有 {most} 行，不能再加。</source>
        <translation>This roster has {most} rows; no more can be added.</translation>
    </message>
    <message>
        <source>这是最后一个口令，不能删除。请先给接手的人设置口令。</source>
        <translation>This is the last passphrase and cannot be removed. Set one for the next person first.</translation>
    </message>
    <message>
        <source>这条“两边改得不一样”已经不在了，可能已由别人处理。请刷新后再看。</source>
        <translation>This difference is gone; somebody may have settled it. Please look again.</translation>
    </message>
    <message>
        <source>这里已经有一份台账，没有覆盖它。请换一个文件夹，或直接打开原来的台账。</source>
        <translation>There is a desk here already; it was not overwritten. Choose another folder, or open it.</translation>
    </message>
    <message>
        <source>这里已经有钥匙文件，没有覆盖它。请换一个文件夹，或直接打开原来的台账。</source>
        <translation>There is a key file here already; it was not overwritten. Choose another folder, or open the desk that is here.</translation>
    </message>
    <message>
        <source>这里还没有台账。请先新建一份，或从备份恢复。</source>
        <translation>There is no desk here yet. Make one, or restore a backup.</translation>
    </message>
    <message>
        <source>钥匙文件 desk.keys 已损坏，暂时打不开台账；台账本身没有改变。请用“恢复备份”选最近一次备份，它带有一份完好的钥匙。</source>
        <translation>The key file desk.keys is damaged, so the desk does not open; the data itself is unchanged. Restore the latest backup: it carries a sound key.</translation>
    </message>
    <message>
        <source>钥匙文件与台账不相配。请把备份中的 desk.keys 和台账放回一起，资料没有改变。</source>
        <translation>The key file does not belong to this desk. Put desk.keys of the backup back beside it; the data is unchanged.</translation>
    </message>
    <message>
        <source>钥匙文件已损坏。</source>
        <translation>The key file is damaged.</translation>
    </message>
    <message>
        <source>钥匙文件由更新的版本写成，请先升级本软件再打开。资料没有改变。</source>
        <translation>The key file was written by a newer version; update the program first. The data is unchanged.</translation>
    </message>
    <message>
        <source>长号码是按数字存的，末几位已经不准，请改成文本后照原件重新填写。</source>
        <translation>The long number was stored as a figure and its last digits are not exact; make it text and fill it in from the original.</translation>
    </message>
    <message>
        <source>市级服务器已下令清除这台电脑上的台账：钥匙已经销毁，这里的内容再也打不开。以前上传过的内容都在市级服务器上。请联系系统管理员。</source>
        <translation>The city server ordered the desk on this computer wiped: its keys are destroyed and what is here can never be opened again. What was sent before is on the city server. Ask the administrator.</translation>
    </message>
    <message>
        <source>清除没有做完，下次打开本软件时会继续。</source>
        <translation>The wipe is not complete; it goes on when the program is opened next.</translation>
    </message>
    <message>
        <source>收到一份来历不明的清除命令，没有执行。资料没有改变，请联系系统管理员。</source>
        <translation>An order to wipe of unknown origin came and was not carried out. The data is unchanged; ask the administrator.</translation>
    </message>
    <message>
        <source>“{name}”不是文件，没有添加。</source>
        <translation>“{name}” is not a file; it was not added.</translation>
    </message>
    <message>
        <source>“{name}”是空的，没有添加。请核对后重新选择。</source>
        <translation>“{name}” is empty; it was not added. Please check it and choose again.</translation>
    </message>
    <message>
        <source>“{name}”有 {size} MB，超过 {most} MB，没有添加。请压缩或分成几份，再选一次。</source>
        <translation>“{name}” has {size} MB, more than {most} MB; it was not added. Make it smaller or split it, then choose again.</translation>
    </message>
    <message>
        <source>“{path}”这一栏不能放附件。</source>
        <translation>“{path}” takes no attachment.</translation>
    </message>
    <message>
        <source>“{question}”只收 {kinds} 文件，“{name}”没有添加。请另存为其中一种，再选一次。</source>
        <translation>“{question}” takes only {kinds} files; “{name}” was not added. Save it as one of these and choose again.</translation>
    </message>
    <message>
        <source>这一栏里不是附件，请重新选择文件。原来的内容没有改动。</source>
        <translation>This answer is not an attachment; choose the file again. Nothing was changed.</translation>
    </message>
    <message>
        <source>附件“{name}”的内容不对，没有打开。请从备份恢复，或重新选择文件。</source>
        <translation>The content of “{name}” is not the right one; it was not opened. Restore a backup, or choose the file again.</translation>
    </message>
    <message>
        <source>附件“{name}”还没有下载到这台电脑。联网后按“下载”就能看。</source>
        <translation>“{name}” is not on this computer yet. Press “Download” when you are online.</translation>
    </message>
    <message>
        <source>附件的内容不全，请重新选择文件。</source>
        <translation>The content of the attachment is not complete; choose the file again.</translation>
    </message>
    <message>
        <source>附件要写成 @文件名，例如 @章程.pdf。</source>
        <translation>Write an attachment as @FILE, for example @charter.pdf.</translation>
    </message>
    <message>
        <source>“{name}”已经撤销或合并，不能再新填。原来填的内容都在，可以查看；请选合并后的单位。</source>
        <translation>“{name}” has been closed or merged; nothing new can be entered there. What was entered is kept and can be read; choose the place it went into.</translation>
    </message>
    <message>
        <source>截止日期“{day}”不对，应写成 2026-12-25 的样子。</source>
        <translation>The deadline “{day}” is wrong; write it like 2026-12-25.</translation>
    </message>
    <message>
        <source>请写上填报任务的名称（title）。</source>
        <translation>Give the round a title.</translation>
    </message>
    <message>
        <source>请写明要报哪些登记表（forms）或打印件（summaries）。</source>
        <translation>Say which registers (forms) or print-outs (summaries) are asked for.</translation>
    </message>
    <message>
        <source>这条记录已经转到别的村（社区），这里没有保存。刚才填的内容还在“未填完”里。</source>
        <translation>This record has moved to another village; it was not saved here. What you typed is still under “Unfinished”.</translation>
    </message>
    <message>
        <source>这份台账是更新版本的程序写的（格式 {found}，本程序只认到格式 {known}），没有打开，也没有改动，资料都在。请安装新版程序后再打开。</source>
        <translation>This file was written by a newer version of the program (format {found}; this program knows up to {known}). It was not opened and not changed; all data is there. Install the new version, then open it.</translation>
    </message>
    <message>
        <source>市级服务器的数据库是更新版本的程序写的（格式 {found}，本程序只认到格式 {known}），没有打开，也没有改动。请安装新版程序后再启动。</source>
        <translation>The city server's database was written by a newer version of the program (format {found}; this program knows up to {known}). It was not opened and not changed. Install the new version, then start it.</translation>
    </message>
    <message>
        <source>服务器上没有登记表“{name}”。用 server forms list 看有哪些。</source>
        <translation>The server has no register “{name}”. See server forms list.</translation>
    </message>
    <message>
        <source>登记表“{name}”没有市里发布的版本，用的就是程序自带的，不用收回。</source>
        <translation>The city has published no version of “{name}”: the program's own is in use; there is nothing to withdraw.</translation>
    </message>
    <message>
        <source>登记表“{name}”没有版本 {version}，有：{known}。</source>
        <translation>Register “{name}” has no version {version}; it has: {known}.</translation>
    </message>
    <message>
        <source>请写明登记表：server forms withdraw FORM [--to VERSION]</source>
        <translation>Name the register: server forms withdraw FORM [--to VERSION]</translation>
    </message>
    <message>
        <source>“{title}”不能收回到版本 {version}：已经填了它放不下的内容。现在用的版本和资料都没有改变。</source>
        <translation>“{title}” cannot be withdrawn to version {version}: answers have been given that it cannot hold. The version in use and all data are unchanged.</translation>
    </message>
    <message>
        <source>{met}这张表没有采用。</source>
        <translation>{met} This form was not taken.</translation>
    </message>
    <message>
        <source>市级服务器上的资料比这台电脑上次看到的旧，这次没有同步。已填内容都保存在本机。</source>
        <translation>What the city server holds is older than what this computer saw last, so nothing was synchronised. Everything you entered is kept on this computer.</translation>
    </message>
    <message>
        <source>市级服务器没有接收这台电脑的数据，这次没有同步完。数据都在本机，请联系系统管理员。</source>
        <translation>The city server did not take the data of this computer, so the synchronisation is not complete. All data is on this computer; please contact the administrator.</translation>
    </message>
    <message>
        <source>这一处刚才又有了新的内容，没有动它。请看过最新的再选。</source>
        <translation>Something new has come in here since; nothing was changed. Please look at the latest and choose again.</translation>
    </message>
    <message>
        <source>没有可以撤销的了。您的数据没有改动。</source>
        <translation>There is nothing left to undo. Your data has not changed.</translation>
    </message>
    <message>
        <source>没有可以重做的了。您的数据没有改动。</source>
        <translation>There is nothing to redo. Your data has not changed.</translation>
    </message>
    <message>
        <source>找不到这一步（{number}），可能已经超过 90 天。您的数据没有改动。</source>
        <translation>Step {number} was not found; it may be more than 90 days old. Your data has not changed.</translation>
    </message>
    <message>
        <source>没有“{batch}”这一批，请看 import --list。超过 90 天的不能撤销。</source>
        <translation>There is no batch “{batch}”; see import --list. What is more than 90 days old cannot be undone.</translation>
    </message>
    <message>
        <source>这一步是{person}做的，请由本人撤销。您的数据没有改动。</source>
        <translation>{person} did this; please let them undo it. Your data has not changed.</translation>
    </message>
    <message>
        <source>这一步已经撤销过了。您的数据没有改动。</source>
        <translation>This step is undone already. Your data has not changed.</translation>
    </message>
    <message>
        <source>清除不能撤销，清掉的内容各处都不再有。您的数据没有改动；要用那些内容，请重新填写。</source>
        <translation>An erasure cannot be undone: what was erased is nowhere any more. Your data has not changed; enter again what you need.</translation>
    </message>
    <message>
        <source>转移不能撤销，您的数据没有改动。要转回来，请把这一条再转移一次。</source>
        <translation>A move cannot be undone. Your data has not changed. To bring the record back, move it once more.</translation>
    </message>
    <message>
        <source>改动 {n} 条（{form}）</source>
        <translation>{n} changed ({form})</translation>
    </message>
    <message>
        <source>把“{title}”合并到“{into}”</source>
        <translation>merged “{title}” into “{into}”</translation>
    </message>
    <message>
        <source>新增“{title}”（{form}）</source>
        <translation>added “{title}” ({form})</translation>
    </message>
    <message>
        <source>取舍“{title}”的“{label}”</source>
        <translation>settled “{label}” of “{title}”</translation>
    </message>
    <message>
        <source>修改“{title}”的“{label}”等 {n} 栏</source>
        <translation>changed “{label}” and others of “{title}”, {n} in all</translation>
    </message>
    <message>
        <source>修改“{title}”的“{label}”</source>
        <translation>changed “{label}” of “{title}”</translation>
    </message>
    <message>
        <source>“{title}”的“{label}”后来由{by}改成了“{value}”，没有动</source>
        <translation>“{label}” of “{title}” was changed to “{value}” by {by} since and stays</translation>
    </message>
    <message>
        <source>“{title}”的“{label}”已经清除，不能改回</source>
        <translation>“{label}” of “{title}” was erased and cannot come back</translation>
    </message>
    <message>
        <source>“{title}”已经不在这台电脑上，没有动</source>
        <translation>“{title}” is not on this computer any more and stays as it is</translation>
    </message>
    <message>
        <source>作废“{title}”</source>
        <translation>deleted “{title}”</translation>
    </message>
    <message>
        <source>恢复“{title}”</source>
        <translation>restored “{title}”</translation>
    </message>
    <message>
        <source>冲正“{title}”</source>
        <translation>reversed with “{title}”</translation>
    </message>
    <message>
        <source>清除一条（{form}）</source>
        <translation>erased one record ({form})</translation>
    </message>
    <message>
        <source>转移“{title}”</source>
        <translation>moved “{title}”</translation>
    </message>
    <message>
        <source>从“{file}”新增 {n} 条（{form}）</source>
        <translation>added {n} from “{file}” ({form})</translation>
    </message>
    <message>
        <source>新增 {n} 条（{form}）</source>
        <translation>added {n} ({form})</translation>
    </message>
    <message>
        <source>按“{file}”修改 {n} 条（{form}）</source>
        <translation>changed {n} by “{file}” ({form})</translation>
    </message>
    <message>
        <source>修改 {n} 条（{form}）</source>
        <translation>changed {n} ({form})</translation>
    </message>
    <message>
        <source>“{title}”只能写：{words}。</source>
        <translation>“{title}” can only be: {words}.</translation>
    </message>
    <message>
        <source>“{title}”应为 0 至 {most} 的数，不设目标就空着。</source>
        <translation>“{title}” should be a number from 0 to {most}; leave it empty for no target.</translation>
    </message>
    <message>
        <source>“{title}”应为 1 至 {most} 个字。</source>
        <translation>“{title}” should have 1 to {most} characters.</translation>
    </message>
    <message>
        <source>市级服务器关于附件的回答读不懂。附件都在本机，请稍后再同步。</source>
        <translation>The city server's answer about the attachments cannot be read. The attachments are all on this computer; please sync again later.</translation>
    </message>
    <message>
        <source>没有口径设置“{name}”。用 server settings export 看有哪些。</source>
        <translation>There is no setting “{name}”. “server settings export” shows which there are.</translation>
    </message>
    <message>
        <source>附件只能按 256 KiB 的分段下载。</source>
        <translation>Attachments are downloaded only in parts of 256 KiB.</translation>
    </message>
    <message>
        <source>附件的分段不对，没有接收。</source>
        <translation>The part of the attachment is wrong; it was not taken.</translation>
    </message>
    <message>
        <source>“{name}”里的“{typed}”是遮住一部分的样子，不是完整的内容。原来填的没有动，请填写完整的内容。</source>
        <translation>“{typed}” in “{name}” is a masked form, not the whole answer. What was there is unchanged; type the whole answer.</translation>
    </message>
    <message>
        <source>口令太短：至少要 {n} 位。</source>
        <translation>Too short: at least {n} characters.</translation>
    </message>
    <message>
        <source>只有数字的口令最先被猜到（生日、电话、顺序数字）。请加上几个字或字母，例如一句自己记得住的话。</source>
        <translation>A passphrase of digits alone is guessed first (birthdays, telephone numbers, counting). Add some words or letters, such as a sentence you can remember.</translation>
    </message>
    <message>
        <source>这个口令太常见，别人很快就能猜到（常用词、重复或键盘上挨着的键）。请换一句自己记得住的话，例如几个不相干的词连起来。</source>
        <translation>This passphrase is too common and soon guessed (common words, repetition, or keys side by side). Choose a sentence you can remember, such as some words that have nothing to do with each other.</translation>
    </message>
    <message>
        <source>还有人没有用新版程序打开过这份台账，暂时不能换钥匙。请他先用自己的口令打开一次。</source>
        <translation>Somebody has not opened this desk with the new version yet, so that the key cannot be changed now. Let him open it once with his own passphrase.</translation>
    </message>
    <message>
        <source>这一步没有撤销过，不用重做。您的数据没有改动。</source>
        <translation>This step was not undone, so there is nothing to redo. Your data is unchanged.</translation>
    </message>
    <message>
        <source>“{form}”有 {n} 项必须改，先改：{why}</source>
        <translation>“{form}”: {n} answers must be changed, first: {why}</translation>
    </message>
    <message>
        <source>“{form}”前 {most} 条里有 {n} 项必须改，先改：{why}</source>
        <translation>“{form}”: among the first {most} records {n} answers must be changed, first: {why}</translation>
    </message>
    <message>
        <source>“{title}”的{what} {day} 到期，已过 {n} 天</source>
        <translation>“{title}”: {what} is {n} days overdue ({day})</translation>
    </message>
    <message>
        <source>“{title}”的{what}今天到期（{day}）</source>
        <translation>“{title}”: {what} ends today ({day})</translation>
    </message>
    <message>
        <source>“{title}”的{what} {day} 到期，还有 {n} 天</source>
        <translation>“{title}”: {what} ends in {n} days ({day})</translation>
    </message>
    <message>
        <source>{place}的“{title}”{state}，截止 {day}</source>
        <translation>{place}: “{title}” {state}, due {day}</translation>
    </message>
    <message>
        <source>“{title}”的“{label}”两边改得不一样</source>
        <translation>“{title}”: “{label}” was changed differently by two people</translation>
    </message>
    <message>
        <source>“{title}”市里没有收下：{reason}</source>
        <translation>“{title}” was not taken by the city: {reason}</translation>
    </message>
    <message>
        <source>“{title}”的“{label}”没有填完，已帮您留着</source>
        <translation>“{title}”: “{label}” is unfinished and was kept for you</translation>
    </message>
    <message>
        <source>有 {n} 处改动没有上传，联网后点一下就上传</source>
        <translation>{n} changes are not sent; open this once you are online</translation>
    </message>
    <message>
        <source>有 {n} 处改动没有上传，到乡镇办公室登记设备后就能上传</source>
        <translation>{n} changes are not sent; register this computer at the township office to send them</translation>
    </message>
    <message>
        <source>“{name}”是这样算的：{formula}。</source>
        <translation>“{name}” is worked out like this: {formula}.</translation>
    </message>
    <message>
        <source>{a}等于{b}</source>
        <translation>{a} is {b}</translation>
    </message>
    <message>
        <source>{a}不等于{b}</source>
        <translation>{a} is not {b}</translation>
    </message>
    <message>
        <source>{a}小于{b}</source>
        <translation>{a} is less than {b}</translation>
    </message>
    <message>
        <source>{a}不大于{b}</source>
        <translation>{a} is at most {b}</translation>
    </message>
    <message>
        <source>{a}大于{b}</source>
        <translation>{a} is more than {b}</translation>
    </message>
    <message>
        <source>{a}不小于{b}</source>
        <translation>{a} is at least {b}</translation>
    </message>
    <message>
        <source>{a}是{b}</source>
        <translation>{a} is {b}</translation>
    </message>
    <message>
        <source>{a}不是{b}</source>
        <translation>{a} is not {b}</translation>
    </message>
    <message>
        <source>{a}没有填</source>
        <translation>{a} is empty</translation>
    </message>
    <message>
        <source>{a}填了</source>
        <translation>{a} is filled</translation>
    </message>
    <message>
        <source>{a}＋{b}</source>
        <translation>{a} + {b}</translation>
    </message>
    <message>
        <source>{a}－{b}</source>
        <translation>{a} − {b}</translation>
    </message>
    <message>
        <source>{a}×{b}</source>
        <translation>{a} × {b}</translation>
    </message>
    <message>
        <source>{a}÷{b}</source>
        <translation>{a} ÷ {b}</translation>
    </message>
    <message>
        <source>{a}，并且{b}</source>
        <translation>{a} and {b}</translation>
    </message>
    <message>
        <source>{a}，或者{b}</source>
        <translation>{a} or {b}</translation>
    </message>
    <message>
        <source>{a}接{b}</source>
        <translation>{a} followed by {b}</translation>
    </message>
    <message>
        <source>{a}的{b}</source>
        <translation>{b} of {a}</translation>
    </message>
    <message>
        <source>{a}（{b}）</source>
        <translation>{a} ({b})</translation>
    </message>
    <message>
        <source>（{a}）</source>
        <translation>({a})</translation>
    </message>
    <message>
        <source>如果{a}，就是{b}；不然就是{c}</source>
        <translation>if {a}, then {b}; else {c}</translation>
    </message>
    <message>
        <source>如果{a}，就是{b}；不然，{c}</source>
        <translation>if {a}, then {b}; else, {c}</translation>
    </message>
    <message>
        <source>{a}里有{b}</source>
        <translation>{a} has {b}</translation>
    </message>
    <message>
        <source>{a}是这里面的一个：{b}</source>
        <translation>{a} is one of {b}</translation>
    </message>
    <message>
        <source>{a}有几条</source>
        <translation>the number of {a}</translation>
    </message>
    <message>
        <source>{a}加起来</source>
        <translation>the sum of {a}</translation>
    </message>
    <message>
        <source>{a}里最小的</source>
        <translation>the least of {a}</translation>
    </message>
    <message>
        <source>{a}里最大的</source>
        <translation>the greatest of {a}</translation>
    </message>
    <message>
        <source>{a}选了几项</source>
        <translation>the number chosen in {a}</translation>
    </message>
    <message>
        <source>不是“{a}”</source>
        <translation>not “{a}”</translation>
    </message>
    <message>
        <source>{a}（四舍五入）</source>
        <translation>{a} (rounded)</translation>
    </message>
    <message>
        <source>{a}（保留{b}位小数）</source>
        <translation>{a} (rounded to {b} decimals)</translation>
    </message>
    <message>
        <source>{a}（没有填的按{b}）</source>
        <translation>{a} ({b} when empty)</translation>
    </message>
    <message>
        <source>今天</source>
        <translation>today</translation>
    </message>
    <message>
        <source>是</source>
        <translation>yes</translation>
    </message>
    <message>
        <source>否</source>
        <translation>no</translation>
    </message>
    <message>
        <source>{b}，一个接一个列出</source>
        <translation>a list of {b}</translation>
    </message>
    <message>
        <source>{a}里写着{b}</source>
        <translation>{a} contains {b}</translation>
    </message>
    <message>
        <source>{a}填得对</source>
        <translation>{a} is valid</translation>
    </message>
    <message>
        <source>{a}里的出生日期</source>
        <translation>the day of birth in {a}</translation>
    </message>
    <message>
        <source>{a}里的性别</source>
        <translation>the sex in {a}</translation>
    </message>
    <message>
        <source>{a}（按{b}写）</source>
        <translation>{a} (written as {b})</translation>
    </message>
    <message>
        <source>{a}第{b}位以后的</source>
        <translation>{a} after character {b}</translation>
    </message>
    <message>
        <source>{a}第{b}位以后的{c}位</source>
        <translation>{c} characters of {a} after character {b}</translation>
    </message>
    <message>
        <source>{a}的年份</source>
        <translation>the year of {a}</translation>
    </message>
    <message>
        <source>{a}的月份</source>
        <translation>the month of {a}</translation>
    </message>
    <message>
        <source>{a}的年月</source>
        <translation>year and month of {a}</translation>
    </message>
    <message>
        <source>{a}的月和日</source>
        <translation>month and day of {a}</translation>
    </message>
    <message>
        <source>空着</source>
        <translation>empty</translation>
    </message>
    <message>
        <source>{a}的前{b}位</source>
        <translation>the first {b} characters of {a}</translation>
    </message>
    <message>
        <source>记录</source>
        <translation>the record</translation>
    </message>
    <message>
        <source>这一条</source>
        <translation>this record</translation>
    </message>
    <message>
        <source>填表人</source>
        <translation>the person who fills it in</translation>
    </message>
    <message>
        <source>本村（社区）</source>
        <translation>this village</translation>
    </message>
    <message>
        <source>口径“{name}”不是这张登记表的。</source>
        <translation>The count “{name}” is not one of this register.</translation>
    </message>
    <message>
        <source>没有“{name}”这个口径。名称见 resources/counts.json。</source>
        <translation>There is no count “{name}”. The names stand in resources/counts.json.</translation>
    </message>
    <message>
        <source>已停下，没有留下半个文件，数据都在。</source>
        <translation>Stopped; no half-written file is left, all data are there.</translation>
    </message>
    <message>
        <source>列表里一条也没有，没有可以打印的。数据都在，去掉筛选或查找的字再打印。</source>
        <translation>The list shows no record, so there is nothing to print. The data is all there: clear the filter or the search and print again.</translation>
    </message>
    <message>
        <source>这是示例，备份不能恢复到这里，没有改变什么。请先扔掉示例，再恢复。</source>
        <translation>This is the sample; no backup can be put here, nothing has changed. Throw the sample away first, then restore.</translation>
    </message>
    <message>
        <source>这是示例，数据都是虚构的，不能登记和上报。请先扔掉示例，新建自己的工作台。</source>
        <translation>This is the sample: its data are invented and are never registered or sent. Throw it away first and make your own desk.</translation>
    </message>
    <message>
        <source>文件夹 {folder} 里有别的东西，没有动它。请用 --home 换一个文件夹。</source>
        <translation>The folder {folder} holds something else and was left alone. Choose another folder with --home.</translation>
    </message>
    <message>
        <source>样例数据存不进去：{reason}</source>
        <translation>The sample data cannot be stored: {reason}</translation>
    </message>
</context>
</TS>
