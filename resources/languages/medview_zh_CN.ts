<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
  <context>
    <name>medview</name>
    <message>
      <source> ({share:.0%} saved)</source>
      <translation>（节省 {share:.0%}）</translation>
    </message>
    <message>
      <source>1 file skipped: show why</source>
      <translation>已跳过 1 个文件：查看原因</translation>
    </message>
    <message>
      <source>1 patient: too few for an interval ({fewest} needed)</source>
      <translation>1 名患者：不足以给出置信区间（需要 {fewest} 名）</translation>
    </message>
    <message>
      <source>1 to 9 with a tool</source>
      <translation>使用工具时按 1 到 9</translation>
    </message>
    <message>
      <source>15 minutes</source>
      <translation>15 分钟</translation>
    </message>
    <message>
      <source>2 minutes</source>
      <translation>2 分钟</translation>
    </message>
    <message>
      <source>2 minutes, 15 minutes or overnight; steps, seed, device, base</source>
      <translation>2 分钟、15 分钟或整夜；步数、随机种子、设备、起始模型</translation>
    </message>
    <message>
      <source>3D surfaces</source>
      <translation>三维表面</translation>
    </message>
    <message>
      <source>3D view</source>
      <translation>三维视图</translation>
    </message>
    <message>
      <source>95 % interval {low:+.3f} to {high:+.3f} over {patients} patients</source>
      <translation>{patients} 名患者的 95 % 置信区间：{low:+.3f} 至 {high:+.3f}</translation>
    </message>
    <message>
      <source>A click paints what the line encloses</source>
      <translation>单击即涂画线所围的区域</translation>
    </message>
    <message>
      <source>A disc stays in its slice; a sphere does not</source>
      <translation>圆盘只在本层内；球体会跨层</translation>
    </message>
    <message>
      <source>A display filter is for the eye only: the data stay as they are</source>
      <translation>显示滤波仅供观看：数据保持不变</translation>
    </message>
    <message>
      <source>A generated chest phantom; no patient data needed</source>
      <translation>生成的胸部体模；不需要患者数据</translation>
    </message>
    <message>
      <source>A model is being trained.</source>
      <translation>正在训练模型。</translation>
    </message>
    <message>
      <source>A new model, with nothing to compare it with: Dice {gain:.3f} on {where}.</source>
      <translation>这是新模型，没有可比较的对象：在{where}上 Dice 为 {gain:.3f}。</translation>
    </message>
    <message>
      <source>A quarter faster</source>
      <translation>加快四分之一</translation>
    </message>
    <message>
      <source>A quarter slower</source>
      <translation>减慢四分之一</translation>
    </message>
    <message>
      <source>A quarter turn against the clock</source>
      <translation>逆时针旋转 90°</translation>
    </message>
    <message>
      <source>A quarter turn clockwise</source>
      <translation>顺时针旋转 90°</translation>
    </message>
    <message>
      <source>A quick look whether the corrections help</source>
      <translation>快速查看修正是否有帮助</translation>
    </message>
    <message>
      <source>Abdomen</source>
      <translation>腹部</translation>
    </message>
    <message>
      <source>About medview</source>
      <translation>关于 medview</translation>
    </message>
    <message>
      <source>Accept Case</source>
      <translation>接受病例</translation>
    </message>
    <message>
      <source>Accept Slice</source>
      <translation>接受此层</translation>
    </message>
    <message>
      <source>Accepted</source>
      <translation>已接受</translation>
    </message>
    <message>
      <source>Accepted slices</source>
      <translation>已接受的层</translation>
    </message>
    <message>
      <source>Accepting case {0} of {1}</source>
      <translation>正在接受第 {0} 个病例，共 {1} 个</translation>
    </message>
    <message>
      <source>Accepting labels</source>
      <translation>正在接受标签</translation>
    </message>
    <message>
      <source>Accepting labels …</source>
      <translation>正在接受标签……</translation>
    </message>
    <message>
      <source>Action</source>
      <translation>操作</translation>
    </message>
    <message>
      <source>Actions</source>
      <translation>操作</translation>
    </message>
    <message>
      <source>Active model</source>
      <translation>当前模型</translation>
    </message>
    <message>
      <source>Adaptive Brush</source>
      <translation>自适应画笔</translation>
    </message>
    <message>
      <source>Add Label</source>
      <translation>添加标签</translation>
    </message>
    <message>
      <source>Add Labels from Schema</source>
      <translation>从方案添加标签</translation>
    </message>
    <message>
      <source>Add Labels from Schema…</source>
      <translation>从方案添加标签…</translation>
    </message>
    <message>
      <source>All Views as PNG</source>
      <translation>所有视图存为 PNG</translation>
    </message>
    <message>
      <source>All accepted slices for other programs, without names</source>
      <translation>供其他程序使用的全部已接受层面，不含姓名</translation>
    </message>
    <message>
      <source>All accepted slices: what is trained on, held out or left out, and why</source>
      <translation>全部已接受层面：哪些用于训练、留作验证或被排除，以及原因</translation>
    </message>
    <message>
      <source>All attributes of the visible slice's file, with search</source>
      <translation>当前层文件的全部属性，可搜索</translation>
    </message>
    <message>
      <source>All islands but the largest get another label of the table.</source>
      <translation>除最大孤岛外，其余孤岛改用表中的另一标签。</translation>
    </message>
    <message>
      <source>All keys and mouse actions; each can be changed</source>
      <translation>所有按键与鼠标操作；均可更改</translation>
    </message>
    <message>
      <source>All labels: each that is not locked</source>
      <translation>全部标签：所有未锁定的标签</translation>
    </message>
    <message>
      <source>All measured on the same {cases}.</source>
      <translation>全部在相同的 {cases} 上测得。</translation>
    </message>
    <message>
      <source>All measures as a DICOM structured report (TID 1500)</source>
      <translation>将所有测量存为 DICOM 结构化报告（TID 1500）</translation>
    </message>
    <message>
      <source>All measures as a table, without the patient's name</source>
      <translation>将所有测量存为表格，不含患者姓名</translation>
    </message>
    <message>
      <source>All model versions</source>
      <translation>所有模型版本</translation>
    </message>
    <message>
      <source>Along</source>
      <translation>方向</translation>
    </message>
    <message>
      <source>Alt+Click with a tool</source>
      <translation>使用工具时 Alt+单击</translation>
    </message>
    <message>
      <source>An Empty Folder</source>
      <translation>空文件夹</translation>
    </message>
    <message>
      <source>Anatomical Term</source>
      <translation>解剖术语</translation>
    </message>
    <message>
      <source>Angio</source>
      <translation>血管</translation>
    </message>
    <message>
      <source>Angle</source>
      <translation>角度</translation>
    </message>
    <message>
      <source>Animated GIF (*.gif)</source>
      <translation>GIF 动画 (*.gif)</translation>
    </message>
    <message>
      <source>Another number draws other batches</source>
      <translation>不同的数字会抽取不同的批次</translation>
    </message>
    <message>
      <source>Another series beside the open one (right click in the list of series)</source>
      <translation>在已打开序列旁显示另一序列（在序列列表中单击右键）</translation>
    </message>
    <message>
      <source>Answers so far</source>
      <translation>目前的回答</translation>
    </message>
    <message>
      <source>Any slice; shows how good the model is on average</source>
      <translation>任意层面；反映模型的平均水平</translation>
    </message>
    <message>
      <source>Arrow</source>
      <translation>箭头</translation>
    </message>
    <message>
      <source>Auto</source>
      <translation>自动</translation>
    </message>
    <message>
      <source>Automatic</source>
      <translation>自动</translation>
    </message>
    <message>
      <source>Average the weights of both into another candidate, and compare that</source>
      <translation>将两者的权重平均为另一个候选模型并进行比较</translation>
    </message>
    <message>
      <source>Back</source>
      <translation>返回</translation>
    </message>
    <message>
      <source>Back One Point</source>
      <translation>退回一点</translation>
    </message>
    <message>
      <source>Back from oblique planes to those of the voxels</source>
      <translation>从斜切面恢复到体素平面</translation>
    </message>
    <message>
      <source>Back to Prediction</source>
      <translation>恢复为预测结果</translation>
    </message>
    <message>
      <source>Backend</source>
      <translation>推理后端</translation>
    </message>
    <message>
      <source>Backend for the model</source>
      <translation>模型的推理后端</translation>
    </message>
    <message>
      <source>Background seeds</source>
      <translation>背景种子</translation>
    </message>
    <message>
      <source>Begin to learn anew which slices are worth your time</source>
      <translation>重新学习哪些层面值得您花时间</translation>
    </message>
    <message>
      <source>Between</source>
      <translation>介于</translation>
    </message>
    <message>
      <source>Bone</source>
      <translation>骨</translation>
    </message>
    <message>
      <source>Bottom Slice</source>
      <translation>最下层</translation>
    </message>
    <message>
      <source>Brain</source>
      <translation>脑</translation>
    </message>
    <message>
      <source>Brush</source>
      <translation>画笔</translation>
    </message>
    <message>
      <source>Brush erases, eraser paints</source>
      <translation>画笔变擦除，橡皮变涂画</translation>
    </message>
    <message>
      <source>Brush size</source>
      <translation>画笔大小</translation>
    </message>
    <message>
      <source>By model version</source>
      <translation>按模型版本</translation>
    </message>
    <message>
      <source>COCO with PNG slices</source>
      <translation>COCO 及 PNG 层面</translation>
    </message>
    <message>
      <source>CPU</source>
      <translation>CPU</translation>
    </message>
    <message>
      <source>CSV…</source>
      <translation>CSV…</translation>
    </message>
    <message>
      <source>CUDA</source>
      <translation>CUDA</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>取消</translation>
    </message>
    <message>
      <source>Candidate</source>
      <translation>候选</translation>
    </message>
    <message>
      <source>Carry the active label of this slice to the next, changed as the image changed.</source>
      <translation>将本层的当前标签带到下一层，并随图像变化而变形。</translation>
    </message>
    <message>
      <source>Case by case</source>
      <translation>逐个病例</translation>
    </message>
    <message>
      <source>Case report</source>
      <translation>病例报告</translation>
    </message>
    <message>
      <source>Case {0} of {1}</source>
      <translation>第 {0} 个病例，共 {1} 个</translation>
    </message>
    <message>
      <source>Cases that you worked on stand here, with their labels.</source>
      <translation>处理过的病例及其标签显示在这里。</translation>
    </message>
    <message>
      <source>Change</source>
      <translation>变化</translation>
    </message>
    <message>
      <source>Changed</source>
      <translation>改动</translation>
    </message>
    <message>
      <source>Changed since the prediction</source>
      <translation>自预测以来的改动</translation>
    </message>
    <message>
      <source>Check Left and Right</source>
      <translation>检查左右</translation>
    </message>
    <message>
      <source>Checking the quality</source>
      <translation>正在检查质量</translation>
    </message>
    <message>
      <source>Choose a Folder</source>
      <translation>选择文件夹</translation>
    </message>
    <message>
      <source>Choose a label</source>
      <translation>选择标签</translation>
    </message>
    <message>
      <source>Choose a label first.</source>
      <translation>请先选择标签。</translation>
    </message>
    <message>
      <source>Choose or add a label first, then paint.</source>
      <translation>请先选择或添加标签，再涂画。</translation>
    </message>
    <message>
      <source>Choose the folder of images and the folder of labels.</source>
      <translation>请选择图像文件夹和标签文件夹。</translation>
    </message>
    <message>
      <source>Choose the label under the mouse</source>
      <translation>选择鼠标下的标签</translation>
    </message>
    <message>
      <source>Choose…</source>
      <translation>选择…</translation>
    </message>
    <message>
      <source>Cine</source>
      <translation>电影播放</translation>
    </message>
    <message>
      <source>Clean Up Predictions</source>
      <translation>清理预测结果</translation>
    </message>
    <message>
      <source>Cleaning</source>
      <translation>清理</translation>
    </message>
    <message>
      <source>Clear</source>
      <translation>清除</translation>
    </message>
    <message>
      <source>Click a hole or a part of a label to give it the active label. Ctrl empties it.</source>
      <translation>单击孔洞或标签的一部分，赋予当前标签。按 Ctrl 则清空。</translation>
    </message>
    <message>
      <source>Click along an edge; the line follows it. Double click or the first point closes; then drag points. Backspace takes a click back. Enter keeps, Esc drops. Ctrl or right: cut.</source>
      <translation>沿边缘单击，线会贴合边缘。双击或单击首点闭合，之后可拖动各点。Backspace 撤回一点。Enter 保留，Esc 放弃。Ctrl 或右键：切除。</translation>
    </message>
    <message>
      <source>Click an action, or Enter on it, then press its new keys. Delete: no key. Esc: leave it.</source>
      <translation>单击某个操作或在其上按 Enter，然后按新的快捷键。Delete：清除快捷键。Esc：保持不变。</translation>
    </message>
    <message>
      <source>Click an island to remove it, to keep only it, or to give it the active label.</source>
      <translation>单击孤岛可将其删除、仅保留它或赋予当前标签。</translation>
    </message>
    <message>
      <source>Click on slices to leave them out or to read more about them.</source>
      <translation>点击层面可将其排除或查看详情。</translation>
    </message>
    <message>
      <source>Click point by point; double click or the first point closes. Drag points, press on the line to add one, Shift+click deletes one. Enter keeps, Esc drops. Ctrl or right: cut.</source>
      <translation>逐点单击；双击或单击首点闭合。可拖动各点，在线上按下可加点，Shift+单击删点。Enter 保留，Esc 放弃。Ctrl 或右键：切除。</translation>
    </message>
    <message>
      <source>Click to go there, double click to rename</source>
      <translation>单击跳转，双击重命名</translation>
    </message>
    <message>
      <source>Click where the words belong, then type them</source>
      <translation>单击文字所在位置，然后输入</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>关闭</translation>
    </message>
    <message>
      <source>Close this message</source>
      <translation>关闭此消息</translation>
    </message>
    <message>
      <source>Cobb Angle</source>
      <translation>Cobb 角</translation>
    </message>
    <message>
      <source>Cobb angle</source>
      <translation>Cobb 角</translation>
    </message>
    <message>
      <source>Collecting accepted slices …</source>
      <translation>正在收集已接受的层…</translation>
    </message>
    <message>
      <source>Colour of {name}</source>
      <translation>{name} 的颜色</translation>
    </message>
    <message>
      <source>Colours</source>
      <translation>色表</translation>
    </message>
    <message>
      <source>Colour…</source>
      <translation>颜色…</translation>
    </message>
    <message>
      <source>Combine Labels</source>
      <translation>合并标签</translation>
    </message>
    <message>
      <source>Command Palette</source>
      <translation>命令面板</translation>
    </message>
    <message>
      <source>Companion view</source>
      <translation>并列视图</translation>
    </message>
    <message>
      <source>Compare</source>
      <translation>比较</translation>
    </message>
    <message>
      <source>Compare Versions</source>
      <translation>比较版本</translation>
    </message>
    <message>
      <source>Comparing</source>
      <translation>正在比较</translation>
    </message>
    <message>
      <source>Comparing both models</source>
      <translation>正在比较两个模型</translation>
    </message>
    <message>
      <source>Comparing versions</source>
      <translation>正在比较版本</translation>
    </message>
    <message>
      <source>Comparison</source>
      <translation>比较</translation>
    </message>
    <message>
      <source>Comparison view</source>
      <translation>比较视图</translation>
    </message>
    <message>
      <source>Continue the model in use</source>
      <translation>继续训练正在使用的模型</translation>
    </message>
    <message>
      <source>Copied {name} of slice {number}.</source>
      <translation>已复制第 {number} 层的{name}。</translation>
    </message>
    <message>
      <source>Copy All Masks of Slice</source>
      <translation>复制本层全部掩膜</translation>
    </message>
    <message>
      <source>Copy Lines</source>
      <translation>复制整行</translation>
    </message>
    <message>
      <source>Copy Mask of Slice</source>
      <translation>复制本层掩膜</translation>
    </message>
    <message>
      <source>Copy Picture</source>
      <translation>复制图片</translation>
    </message>
    <message>
      <source>Copy Values</source>
      <translation>复制值</translation>
    </message>
    <message>
      <source>Copy and paste in a plane of voxels: this one lies between them.</source>
      <translation>请在体素平面内复制和粘贴：当前平面位于体素之间。</translation>
    </message>
    <message>
      <source>Copy patient and study into DICOM objects; otherwise they are empty</source>
      <translation>将患者与检查信息写入 DICOM 对象；否则留空</translation>
    </message>
    <message>
      <source>Copy the mask of a slice first (Ctrl+Shift+C).</source>
      <translation>请先复制某一层的掩膜（Ctrl+Shift+C）。</translation>
    </message>
    <message>
      <source>Copy to Next Slice</source>
      <translation>复制到下一层</translation>
    </message>
    <message>
      <source>Created</source>
      <translation>创建时间</translation>
    </message>
    <message>
      <source>Crop at Slice</source>
      <translation>按层裁切</translation>
    </message>
    <message>
      <source>Cross-validate the recipe on the accepted slices (trains K times)</source>
      <translation>在已接受的切片上对训练方案做交叉验证（训练 K 次）</translation>
    </message>
    <message>
      <source>Crosshair</source>
      <translation>十字线</translation>
    </message>
    <message>
      <source>Ctrl held with a tool</source>
      <translation>使用工具时按住 Ctrl</translation>
    </message>
    <message>
      <source>Ctrl+Left drag</source>
      <translation>Ctrl+左键拖动</translation>
    </message>
    <message>
      <source>Ctrl+Right drag</source>
      <translation>Ctrl+右键拖动</translation>
    </message>
    <message>
      <source>Ctrl+Wheel</source>
      <translation>Ctrl+滚轮</translation>
    </message>
    <message>
      <source>Current model against candidate</source>
      <translation>当前模型与候选模型对比</translation>
    </message>
    <message>
      <source>Curve of {name}</source>
      <translation>{name}曲线</translation>
    </message>
    <message>
      <source>DICOM RT Structure Set</source>
      <translation>DICOM RT 结构集</translation>
    </message>
    <message>
      <source>DICOM SR…</source>
      <translation>DICOM SR…</translation>
    </message>
    <message>
      <source>DICOM Segmentation</source>
      <translation>DICOM 分割</translation>
    </message>
    <message>
      <source>DICOM Tags</source>
      <translation>DICOM 标签信息</translation>
    </message>
    <message>
      <source>DICOM folders, files and zip archives · NIfTI · NRRD</source>
      <translation>DICOM 文件夹、文件和 zip 压缩包 · NIfTI · NRRD</translation>
    </message>
    <message>
      <source>DICOM segmentation</source>
      <translation>DICOM 分割</translation>
    </message>
    <message>
      <source>DICOM segmentation (*.dcm)</source>
      <translation>DICOM 分割 (*.dcm)</translation>
    </message>
    <message>
      <source>DICOM structure set</source>
      <translation>DICOM 结构集</translation>
    </message>
    <message>
      <source>DICOM tags</source>
      <translation>DICOM 标签信息</translation>
    </message>
    <message>
      <source>Damaged and left out of the training: {slices}.</source>
      <translation>已损坏，未参与训练：{slices}。</translation>
    </message>
    <message>
      <source>Dark</source>
      <translation>深色</translation>
    </message>
    <message>
      <source>Decoder: detail</source>
      <translation>解码器：细节</translation>
    </message>
    <message>
      <source>Decoder: finer detail</source>
      <translation>解码器：更细的细节</translation>
    </message>
    <message>
      <source>Deepest: context</source>
      <translation>最深层：上下文</translation>
    </message>
    <message>
      <source>Deform: every part of the border moves as the image does there. Shift: the shape moves as a whole. Stay: a plain copy</source>
      <translation>变形：边界各处随该处图像移动。平移：形状整体移动。不动：原样复制</translation>
    </message>
    <message>
      <source>Delete</source>
      <translation>删除</translation>
    </message>
    <message>
      <source>Delete Measure</source>
      <translation>删除测量</translation>
    </message>
    <message>
      <source>Delete it from a line that is not kept yet</source>
      <translation>从尚未保留的线上删除该点</translation>
    </message>
    <message>
      <source>Delete the candidate</source>
      <translation>删除候选模型</translation>
    </message>
    <message>
      <source>Delete the version {name} for good?</source>
      <translation>永久删除版本 {name}？</translation>
    </message>
    <message>
      <source>Delete with Its Voxels</source>
      <translation>连同体素一起删除</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>设备</translation>
    </message>
    <message>
      <source>Device for the model</source>
      <translation>模型运行设备</translation>
    </message>
    <message>
      <source>Dice</source>
      <translation>Dice</translation>
    </message>
    <message>
      <source>Dice candidate</source>
      <translation>候选 Dice</translation>
    </message>
    <message>
      <source>Dice now</source>
      <translation>当前 Dice</translation>
    </message>
    <message>
      <source>Dice of the pixels, which is their F1 too</source>
      <translation>像素的 Dice，亦即其 F1</translation>
    </message>
    <message>
      <source>Dice on held-out cases, version by version</source>
      <translation>各版本在留出病例上的 Dice</translation>
    </message>
    <message>
      <source>Dice on the slices it learns from</source>
      <translation>训练层上的 Dice</translation>
    </message>
    <message>
      <source>Dice {value:.3f} on the slices it learns from</source>
      <translation>训练层上 Dice {value:.3f}</translation>
    </message>
    <message>
      <source>Difference from the value at the seed; drag right for more, left for less</source>
      <translation>与种子点值之差；向右拖动增大，向左减小</translation>
    </message>
    <message>
      <source>Disagreement</source>
      <translation>分歧</translation>
    </message>
    <message>
      <source>Discard</source>
      <translation>丢弃</translation>
    </message>
    <message>
      <source>Discard it.</source>
      <translation>请弃用。</translation>
    </message>
    <message>
      <source>Display Filter</source>
      <translation>显示滤波</translation>
    </message>
    <message>
      <source>Do</source>
      <translation>操作</translation>
    </message>
    <message>
      <source>Do it again</source>
      <translation>重做一次</translation>
    </message>
    <message>
      <source>Double click</source>
      <translation>双击</translation>
    </message>
    <message>
      <source>Double click a colour to change it</source>
      <translation>双击颜色可更改</translation>
    </message>
    <message>
      <source>Double click a name to change it</source>
      <translation>双击名称可更改</translation>
    </message>
    <message>
      <source>Double click on a measure</source>
      <translation>双击测量</translation>
    </message>
    <message>
      <source>Doubt</source>
      <translation>不确定性</translation>
    </message>
    <message>
      <source>Doubt of the model</source>
      <translation>模型的不确定性</translation>
    </message>
    <message>
      <source>Drag from corner to corner of its box. Enter keeps, Esc drops. Ctrl: cut.</source>
      <translation>从外接框的一角拖到另一角。Enter 保留，Esc 放弃。Ctrl：切除。</translation>
    </message>
    <message>
      <source>Drag from corner to corner. Enter keeps, Esc drops. Ctrl or right: cut.</source>
      <translation>从一角拖到另一角。Enter 保留，Esc 放弃。Ctrl 或右键：切除。</translation>
    </message>
    <message>
      <source>Drag from one end to the other, or click both</source>
      <translation>从一端拖到另一端，或分别单击两端</translation>
    </message>
    <message>
      <source>Drag from the tail to what it points at; double click for words</source>
      <translation>从箭尾拖到所指之处；双击可加文字</translation>
    </message>
    <message>
      <source>Drag one line, then the other</source>
      <translation>先拖出一条线，再拖出另一条</translation>
    </message>
    <message>
      <source>Drag the first arm, then click the end of the second</source>
      <translation>拖出第一条边，再单击第二条边的端点</translation>
    </message>
    <message>
      <source>Draw around a region to paint it; with Ctrl or the right button to cut it.</source>
      <translation>圈出区域即可涂画；按 Ctrl 或右键则切除。</translation>
    </message>
    <message>
      <source>Draw around a region, or click a spot that you changed: what the model wrote there comes back.</source>
      <translation>圈出一个区域，或点击您改动过的地方：那里恢复为模型的结果。</translation>
    </message>
    <message>
      <source>Draw around a region: the active label inside (or outside) is cut through the slices. Enter keeps, Esc drops.</source>
      <translation>圈出区域：其内（或其外）的当前标签将贯穿各层切除。Enter 保留，Esc 放弃。</translation>
    </message>
    <message>
      <source>Draw around a region; the line closes when you let go. Drag points, press on the line to add one, Shift+click deletes one. Enter keeps, Esc drops. Ctrl or right: cut.</source>
      <translation>圈出区域，松开时线自动闭合。可拖动各点，在线上按下可加点，Shift+单击删点。Enter 保留，Esc 放弃。Ctrl 或右键：切除。</translation>
    </message>
    <message>
      <source>Draw the active label on the slices between those that were drawn or edited.</source>
      <translation>在已勾画或编辑的层之间补全当前标签。</translation>
    </message>
    <message>
      <source>Drop It</source>
      <translation>放弃</translation>
    </message>
    <message>
      <source>Drop a CT or MR folder here, or press Ctrl+O</source>
      <translation>将 CT 或 MR 文件夹拖到此处，或按 Ctrl+O</translation>
    </message>
    <message>
      <source>Each training leaves some patients out and is measured on them; Retrain Options say how long it takes</source>
      <translation>每次训练都留出一部分患者，并在他们身上测量；训练时间取自再训练选项</translation>
    </message>
    <message>
      <source>Earlier cases</source>
      <translation>以往病例</translation>
    </message>
    <message>
      <source>Edit</source>
      <translation>编辑</translation>
    </message>
    <message>
      <source>Edited for {time} in {gestures}, {here} on this slice</source>
      <translation>已编辑 {time}，{gestures}，本层 {here}</translation>
    </message>
    <message>
      <source>Editing Time</source>
      <translation>编辑用时</translation>
    </message>
    <message>
      <source>Editing time</source>
      <translation>编辑用时</translation>
    </message>
    <message>
      <source>Eight hours at most; Stop ends it earlier</source>
      <translation>最多八小时；可用“停止”提前结束</translation>
    </message>
    <message>
      <source>Ellipse</source>
      <translation>椭圆</translation>
    </message>
    <message>
      <source>Enclosed</source>
      <translation>封闭</translation>
    </message>
    <message>
      <source>English</source>
      <translation>English</translation>
    </message>
    <message>
      <source>Enter keeps it, Esc drops it.</source>
      <translation>Enter 保留，Esc 放弃。</translation>
    </message>
    <message>
      <source>Enter, Esc</source>
      <translation>Enter、Esc</translation>
    </message>
    <message>
      <source>Erase</source>
      <translation>擦除</translation>
    </message>
    <message>
      <source>Erase only in the range</source>
      <translation>仅擦除范围内</translation>
    </message>
    <message>
      <source>Erase unlocked labels under the tip. Hold Ctrl to paint.</source>
      <translation>擦除笔尖下未锁定的标签。按住 Ctrl 涂画。</translation>
    </message>
    <message>
      <source>Eraser</source>
      <translation>橡皮</translation>
    </message>
    <message>
      <source>Evaluate</source>
      <translation>评估</translation>
    </message>
    <message>
      <source>Evaluate a Model</source>
      <translation>评估模型</translation>
    </message>
    <message>
      <source>Evaluating</source>
      <translation>正在评估</translation>
    </message>
    <message>
      <source>Every action by a few letters of its name</source>
      <translation>输入名称中的几个字即可找到任何操作</translation>
    </message>
    <message>
      <source>Every held-out case was among the base's own training patients, so it proves nothing. Accept slices of other patients.</source>
      <translation>所有留作验证的病例都属于基础模型自己的训练患者，因此不能证明什么。请接受其他患者的切片。</translation>
    </message>
    <message>
      <source>Every label but the locked ones</source>
      <translation>除已锁定外的所有标签</translation>
    </message>
    <message>
      <source>Every label of this slice, to paste them on another one</source>
      <translation>本层的所有标签，用于粘贴到另一层</translation>
    </message>
    <message>
      <source>Every other label stays as it is</source>
      <translation>其他标签保持不变</translation>
    </message>
    <message>
      <source>Every painted label grows to the image's edges, until it meets another one. Paint on: the preview follows.</source>
      <translation>每个画好的标签生长到图像边缘，直到遇到另一个标签。可继续绘制：预览随之更新。</translation>
    </message>
    <message>
      <source>Every slice is right (Ctrl+Shift+A)</source>
      <translation>所有层均正确（Ctrl+Shift+A）</translation>
    </message>
    <message>
      <source>Every slice of the active view as a film that any program shows</source>
      <translation>将当前视图的所有层存为通用动画</translation>
    </message>
    <message>
      <source>Every slice of the active view as a film; needs the program ffmpeg</source>
      <translation>将当前视图的所有层存为影片；需要 ffmpeg 程序</translation>
    </message>
    <message>
      <source>Every slice of this volume is right</source>
      <translation>此容积的所有层均正确</translation>
    </message>
    <message>
      <source>Every version of the model in use, on the held-out cases of today</source>
      <translation>正在使用的模型的所有版本，在当前的留出病例上测量</translation>
    </message>
    <message>
      <source>Example slice</source>
      <translation>示例层面</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>导出</translation>
    </message>
    <message>
      <source>Export cancelled.</source>
      <translation>导出已取消。</translation>
    </message>
    <message>
      <source>Export the training set</source>
      <translation>导出训练集</translation>
    </message>
    <message>
      <source>Export {what}</source>
      <translation>导出{what}</translation>
    </message>
    <message>
      <source>Faster</source>
      <translation>加快</translation>
    </message>
    <message>
      <source>File</source>
      <translation>文件</translation>
    </message>
    <message>
      <source>Files</source>
      <translation>文件</translation>
    </message>
    <message>
      <source>Fill</source>
      <translation>填充</translation>
    </message>
    <message>
      <source>Fill Between Slices</source>
      <translation>层间填充</translation>
    </message>
    <message>
      <source>Fill Holes</source>
      <translation>填补孔洞</translation>
    </message>
    <message>
      <source>Fill background that a label encloses.</source>
      <translation>填充被标签包围的背景。</translation>
    </message>
    <message>
      <source>Fill closed outlines</source>
      <translation>填充闭合轮廓</translation>
    </message>
    <message>
      <source>Fill what a stroke encloses in a plane of voxels</source>
      <translation>在体素平面内填充笔画围住的部分</translation>
    </message>
    <message>
      <source>Film: {target}</source>
      <translation>影片：{target}</translation>
    </message>
    <message>
      <source>Filter</source>
      <translation>滤波</translation>
    </message>
    <message>
      <source>Filter: {name}</source>
      <translation>筛选：{name}</translation>
    </message>
    <message>
      <source>Find parts of left and right labels that lie on the other side, and swap them.</source>
      <translation>找出位于对侧的左右标签部分并互换。</translation>
    </message>
    <message>
      <source>Finding</source>
      <translation>发现</translation>
    </message>
    <message>
      <source>Findings</source>
      <translation>发现</translation>
    </message>
    <message>
      <source>Fit to View</source>
      <translation>适合窗口</translation>
    </message>
    <message>
      <source>Flip Left and Right</source>
      <translation>左右翻转</translation>
    </message>
    <message>
      <source>Flip Top and Bottom</source>
      <translation>上下翻转</translation>
    </message>
    <message>
      <source>Flood Fill</source>
      <translation>区域填充</translation>
    </message>
    <message>
      <source>Fold or unfold</source>
      <translation>折叠或展开</translation>
    </message>
    <message>
      <source>Folder of Images</source>
      <translation>图像文件夹</translation>
    </message>
    <message>
      <source>Folder of Labels</source>
      <translation>标签文件夹</translation>
    </message>
    <message>
      <source>Folds (K)</source>
      <translation>折数（K）</translation>
    </message>
    <message>
      <source>For</source>
      <translation>对象</translation>
    </message>
    <message>
      <source>For another organ or modality: it learns the labels that the model in use does not know</source>
      <translation>用于其他器官或模态：学习正在使用的模型不认识的标签</translation>
    </message>
    <message>
      <source>For bright rooms; pictures stay on black</source>
      <translation>适合明亮房间；图像仍为黑底</translation>
    </message>
    <message>
      <source>For dim reading rooms</source>
      <translation>适合昏暗的阅片室</translation>
    </message>
    <message>
      <source>For experts</source>
      <translation>专家选项</translation>
    </message>
    <message>
      <source>For some dozen slices</source>
      <translation>适用于数十个层面</translation>
    </message>
    <message>
      <source>For the eye only: the data stay</source>
      <translation>仅供观看：数据不变</translation>
    </message>
    <message>
      <source>Forget These</source>
      <translation>清除这些记录</translation>
    </message>
    <message>
      <source>Forget This</source>
      <translation>清除所学</translation>
    </message>
    <message>
      <source>Forget preset</source>
      <translation>删除预设</translation>
    </message>
    <message>
      <source>Forget this preset of your own</source>
      <translation>删除此自定义预设</translation>
    </message>
    <message>
      <source>Forget what is proposed (Esc)</source>
      <translation>放弃建议的结果（Esc）</translation>
    </message>
    <message>
      <source>Freehand</source>
      <translation>手绘</translation>
    </message>
    <message>
      <source>From</source>
      <translation>从</translation>
    </message>
    <message>
      <source>From / to</source>
      <translation>从 / 到</translation>
    </message>
    <message>
      <source>From the file</source>
      <translation>文件自带</translation>
    </message>
    <message>
      <source>Fusing</source>
      <translation>正在融合</translation>
    </message>
    <message>
      <source>Fusion</source>
      <translation>融合</translation>
    </message>
    <message>
      <source>GPU (CUDA)</source>
      <translation>GPU (CUDA)</translation>
    </message>
    <message>
      <source>Gap</source>
      <translation>间隙</translation>
    </message>
    <message>
      <source>Gaussian</source>
      <translation>高斯</translation>
    </message>
    <message>
      <source>Getting ready</source>
      <translation>正在准备</translation>
    </message>
    <message>
      <source>Give them to</source>
      <translation>归入</translation>
    </message>
    <message>
      <source>Go Back</source>
      <translation>返回</translation>
    </message>
    <message>
      <source>Go to Slice</source>
      <translation>跳转到层</translation>
    </message>
    <message>
      <source>Grow at most</source>
      <translation>最大生长距离</translation>
    </message>
    <message>
      <source>Grow from Seeds</source>
      <translation>种子生长</translation>
    </message>
    <message>
      <source>Grow in</source>
      <translation>生长范围</translation>
    </message>
    <message>
      <source>Grow the active label by millimetres in every direction, or shrink it.</source>
      <translation>将当前标签向各方向扩大若干毫米，或缩小。</translation>
    </message>
    <message>
      <source>HD95 mm</source>
      <translation>HD95 mm</translation>
    </message>
    <message>
      <source>Half Way</source>
      <translation>折中</translation>
    </message>
    <message>
      <source>Heat Map</source>
      <translation>热力图</translation>
    </message>
    <message>
      <source>Heat Map for Label</source>
      <translation>标签热力图</translation>
    </message>
    <message>
      <source>Heat map</source>
      <translation>热力图</translation>
    </message>
    <message>
      <source>Heat map of this slice's score</source>
      <translation>本层评分的热图</translation>
    </message>
    <message>
      <source>Heat map opacity</source>
      <translation>热力图不透明度</translation>
    </message>
    <message>
      <source>Held-out Dice</source>
      <translation>留出病例 Dice</translation>
    </message>
    <message>
      <source>Held-out case</source>
      <translation>留出病例</translation>
    </message>
    <message>
      <source>Help</source>
      <translation>帮助</translation>
    </message>
    <message>
      <source>Hide Names</source>
      <translation>隐藏姓名</translation>
    </message>
    <message>
      <source>Hide or show all labels</source>
      <translation>隐藏或显示所有标签</translation>
    </message>
    <message>
      <source>Hide or show names, letters and numbers</source>
      <translation>隐藏或显示姓名、方位字母与数字</translation>
    </message>
    <message>
      <source>Hide or show the drawings that the DICOM file holds</source>
      <translation>隐藏或显示 DICOM 文件自带的图形</translation>
    </message>
    <message>
      <source>Hide or show the heat map</source>
      <translation>隐藏或显示热力图</translation>
    </message>
    <message>
      <source>Histogram</source>
      <translation>直方图</translation>
    </message>
    <message>
      <source>Hollow</source>
      <translation>挖空</translation>
    </message>
    <message>
      <source>How</source>
      <translation>方式</translation>
    </message>
    <message>
      <source>How far from the values under the mouse, in their standard deviations</source>
      <translation>与鼠标下数值的差距，以标准差计</translation>
    </message>
    <message>
      <source>How good it is shows when three cases or more are answered.</source>
      <translation>回答三个以上病例后才能显示其优劣。</translation>
    </message>
    <message>
      <source>How slices are chosen</source>
      <translation>层面的选择方式</translation>
    </message>
    <message>
      <source>How the views lie (F2 to F5)</source>
      <translation>视图的排列方式（F2 到 F5）</translation>
    </message>
    <message>
      <source>Images</source>
      <translation>图像</translation>
    </message>
    <message>
      <source>Images and Labels in Two Folders…</source>
      <translation>两个文件夹中的图像和标签…</translation>
    </message>
    <message>
      <source>Images from</source>
      <translation>图像来源</translation>
    </message>
    <message>
      <source>Import</source>
      <translation>导入</translation>
    </message>
    <message>
      <source>In the background, from this slice outwards</source>
      <translation>在后台进行，从当前层面向外</translation>
    </message>
    <message>
      <source>Invert Grey</source>
      <translation>灰度反转</translation>
    </message>
    <message>
      <source>Island</source>
      <translation>孤岛</translation>
    </message>
    <message>
      <source>Island clicked in</source>
      <translation>点击的孤岛范围</translation>
    </message>
    <message>
      <source>Islands</source>
      <translation>孤岛处理</translation>
    </message>
    <message>
      <source>It forgets the {label}.</source>
      <translation>它遗忘了 {label}。</translation>
    </message>
    <message>
      <source>It keeps what it knows and learns your corrections</source>
      <translation>保留已学会的内容，并学习您的修正</translation>
    </message>
    <message>
      <source>It looks unlike the training cases to the model itself ({0}.{1}, usual up to {2}.{3}).</source>
      <translation>在模型看来与训练病例不同（{0}.{1}，通常不超过 {2}.{3}）。</translation>
    </message>
    <message>
      <source>It loses some of the old skill.</source>
      <translation>它丢失了部分原有能力。</translation>
    </message>
    <message>
      <source>Its outline falls into pieces, more than on any training case, most on slice {0}.</source>
      <translation>其轮廓的破碎程度超过任何训练病例，第 {0} 层最明显。</translation>
    </message>
    <message>
      <source>Its outline falls into pieces, more than on any training case.</source>
      <translation>其轮廓的破碎程度超过任何训练病例。</translation>
    </message>
    <message>
      <source>Its outline leaves out what lies between, more than on any training case, most on slice {0}.</source>
      <translation>其轮廓遗漏的中间部分超过任何训练病例，第 {0} 层最明显。</translation>
    </message>
    <message>
      <source>Its outline leaves out what lies between, more than on any training case.</source>
      <translation>其轮廓遗漏的中间部分超过任何训练病例。</translation>
    </message>
    <message>
      <source>Its pixels are {0}.{1} mm; the model knows up to {2}.{3} mm.</source>
      <translation>其像素为 {0}.{1} mm；模型只熟悉不超过 {2}.{3} mm 的像素。</translation>
    </message>
    <message>
      <source>Its slices are {0}.{1} mm apart; the model knows up to {2}.{3} mm.</source>
      <translation>其层间距为 {0}.{1} mm；模型只熟悉不超过 {2}.{3} mm 的间距。</translation>
    </message>
    <message>
      <source>Its values (-{0} to {1}) are not those of a chest CT in HU.</source>
      <translation>其数值（-{0} 至 {1}）不像以 HU 表示的胸部 CT。</translation>
    </message>
    <message>
      <source>Its values ({0} to {1}) are not those of a chest CT in HU.</source>
      <translation>其数值（{0} 至 {1}）不像以 HU 表示的胸部 CT。</translation>
    </message>
    <message>
      <source>Joint smooths all labels and leaves no gaps between</source>
      <translation>“联合”平滑所有标签，彼此之间不留间隙</translation>
    </message>
    <message>
      <source>Keep</source>
      <translation>保留</translation>
    </message>
    <message>
      <source>Keep It</source>
      <translation>保留</translation>
    </message>
    <message>
      <source>Keep Them</source>
      <translation>全部保留</translation>
    </message>
    <message>
      <source>Keep Training</source>
      <translation>继续训练</translation>
    </message>
    <message>
      <source>Keep Training minimises the window, which closes when the training is done; the candidate waits under Model &gt; Models. Stop gives the training up.</source>
      <translation>“继续训练”会最小化窗口，训练完成后窗口自动关闭；候选模型保存在“模型 &gt; 模型”中。“停止”则放弃训练。</translation>
    </message>
    <message>
      <source>Keep What Is Proposed</source>
      <translation>保留建议的结果</translation>
    </message>
    <message>
      <source>Keep Window</source>
      <translation>保存窗宽窗位</translation>
    </message>
    <message>
      <source>Keep for Next Time</source>
      <translation>保存供下次使用</translation>
    </message>
    <message>
      <source>Keep or drop what a tool or an operation proposes</source>
      <translation>保留或放弃工具或操作所建议的结果</translation>
    </message>
    <message>
      <source>Keep the candidate; the active model stays</source>
      <translation>保留候选模型；当前模型不变</translation>
    </message>
    <message>
      <source>Keep the labels as they are now under this name</source>
      <translation>以此名称保存当前标签状态</translation>
    </message>
    <message>
      <source>Keep the largest part of a label, or remove small ones.</source>
      <translation>仅保留标签的最大部分，或去除小块。</translation>
    </message>
    <message>
      <source>Keep them accepted, but do not train on or measure with them</source>
      <translation>保持已接受状态，但不用于训练和测量</translation>
    </message>
    <message>
      <source>Keep this window as a preset of your own</source>
      <translation>将此窗宽窗位存为自定义预设</translation>
    </message>
    <message>
      <source>Keep window as preset</source>
      <translation>将窗宽窗位存为预设</translation>
    </message>
    <message>
      <source>Keep without Enter</source>
      <translation>无需 Enter 即保留</translation>
    </message>
    <message>
      <source>Key</source>
      <translation>按键</translation>
    </message>
    <message>
      <source>Key pictures</source>
      <translation>关键图像</translation>
    </message>
    <message>
      <source>Key pictures, volumes, measures and models of this case, to print</source>
      <translation>本病例的关键图像、体积、测量与模型，可打印</translation>
    </message>
    <message>
      <source>Kind</source>
      <translation>类型</translation>
    </message>
    <message>
      <source>Label</source>
      <translation>标签</translation>
    </message>
    <message>
      <source>Label map as .nii.gz on the image's own grid</source>
      <translation>将标签图存为 .nii.gz，网格与图像一致</translation>
    </message>
    <message>
      <source>Label map as .seg.nrrd with names and colours</source>
      <translation>将标签图存为 .seg.nrrd，含名称与颜色</translation>
    </message>
    <message>
      <source>Label schema (*.json)</source>
      <translation>标签方案 (*.json)</translation>
    </message>
    <message>
      <source>Label to explain</source>
      <translation>要解释的标签</translation>
    </message>
    <message>
      <source>Label {name}.</source>
      <translation>标签：{name}。</translation>
    </message>
    <message>
      <source>Label, made last by</source>
      <translation>标签及其最后来源</translation>
    </message>
    <message>
      <source>Labels</source>
      <translation>标签</translation>
    </message>
    <message>
      <source>Labels of {name}</source>
      <translation>{name} 的标签</translation>
    </message>
    <message>
      <source>Labels of {name} imported as one edit; Undo takes them back.</source>
      <translation>{name} 的标签已作为一次编辑导入；可撤销。</translation>
    </message>
    <message>
      <source>Labels that are hidden stay as they are</source>
      <translation>隐藏的标签保持不变</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>语言</translation>
    </message>
    <message>
      <source>Larger</source>
      <translation>放大画笔</translation>
    </message>
    <message>
      <source>Larger brush; also Shift and wheel</source>
      <translation>更大的画笔；也可用 Shift+滚轮</translation>
    </message>
    <message>
      <source>Lasso</source>
      <translation>套索</translation>
    </message>
    <message>
      <source>Last Tool</source>
      <translation>上一个工具</translation>
    </message>
    <message>
      <source>Lay Over the Open Series</source>
      <translation>叠加到已打开的序列</translation>
    </message>
    <message>
      <source>Layer</source>
      <translation>网络层</translation>
    </message>
    <message>
      <source>Layer of the network</source>
      <translation>网络层</translation>
    </message>
    <message>
      <source>Layout</source>
      <translation>布局</translation>
    </message>
    <message>
      <source>Learn</source>
      <translation>学习</translation>
    </message>
    <message>
      <source>Learn from me</source>
      <translation>向我学习</translation>
    </message>
    <message>
      <source>Learn the finding from the slices that were answered</source>
      <translation>从已回答的层面学习此发现</translation>
    </message>
    <message>
      <source>Learned from {slices}</source>
      <translation>已从 {slices} 学习</translation>
    </message>
    <message>
      <source>Learning the finding</source>
      <translation>正在学习该发现</translation>
    </message>
    <message>
      <source>Leave Out</source>
      <translation>排除</translation>
    </message>
    <message>
      <source>Leave Out…</source>
      <translation>排除…</translation>
    </message>
    <message>
      <source>Leave a shell of the active label and empty its inside.</source>
      <translation>当前标签只留外壳，内部挖空。</translation>
    </message>
    <message>
      <source>Leave patient and study in the corners of pictures, films and reports</source>
      <translation>在图片、影片和报告的角落保留患者与检查信息</translation>
    </message>
    <message>
      <source>Left drag</source>
      <translation>左键拖动</translation>
    </message>
    <message>
      <source>Left drag on a measure</source>
      <translation>在测量上左键拖动</translation>
    </message>
    <message>
      <source>Left drag on the crosshair</source>
      <translation>在十字线上左键拖动</translation>
    </message>
    <message>
      <source>Left drag with a tool</source>
      <translation>使用工具时左键拖动</translation>
    </message>
    <message>
      <source>Left out: {cases}</source>
      <translation>已排除：{cases}</translation>
    </message>
    <message>
      <source>Left-out case</source>
      <translation>轮流留出的病例</translation>
    </message>
    <message>
      <source>Length</source>
      <translation>长度</translation>
    </message>
    <message>
      <source>Let the model look at every case, and list the slices that are worth correcting</source>
      <translation>让模型查看每个病例，并列出值得修正的层面</translation>
    </message>
    <message>
      <source>Level Tracing</source>
      <translation>等值线描记</translation>
    </message>
    <message>
      <source>Light</source>
      <translation>浅色</translation>
    </message>
    <message>
      <source>Live Wire</source>
      <translation>智能描边</translation>
    </message>
    <message>
      <source>Liver</source>
      <translation>肝</translation>
    </message>
    <message>
      <source>Loading the model</source>
      <translation>正在载入模型</translation>
    </message>
    <message>
      <source>Loading {0} of {1} slices</source>
      <translation>正在载入：{0} / {1} 层</translation>
    </message>
    <message>
      <source>Lock</source>
      <translation>锁定</translation>
    </message>
    <message>
      <source>Locked labels are never painted over</source>
      <translation>已锁定的标签不会被覆盖</translation>
    </message>
    <message>
      <source>Looking at all cases …</source>
      <translation>正在查看全部病例……</translation>
    </message>
    <message>
      <source>Looking at case {0}</source>
      <translation>正在查看第 {0} 个病例</translation>
    </message>
    <message>
      <source>Looking at the case</source>
      <translation>正在查看病例</translation>
    </message>
    <message>
      <source>Looking at the slices</source>
      <translation>正在查看层面</translation>
    </message>
    <message>
      <source>Looking for images</source>
      <translation>正在查找图像</translation>
    </message>
    <message>
      <source>Looking for labelled cases</source>
      <translation>正在查找已标注的病例</translation>
    </message>
    <message>
      <source>Looking for slices</source>
      <translation>正在寻找层面</translation>
    </message>
    <message>
      <source>Lung</source>
      <translation>肺</translation>
    </message>
    <message>
      <source>MONAI data list</source>
      <translation>MONAI 数据列表</translation>
    </message>
    <message>
      <source>MP4 film (*.mp4)</source>
      <translation>MP4 影片 (*.mp4)</translation>
    </message>
    <message>
      <source>Made from</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>Magic Wand</source>
      <translation>魔棒</translation>
    </message>
    <message>
      <source>Make Heat Map</source>
      <translation>生成热力图</translation>
    </message>
    <message>
      <source>Make a candidate model from the accepted slices</source>
      <translation>用已接受的层训练候选模型</translation>
    </message>
    <message>
      <source>Make the candidate the active model</source>
      <translation>将候选模型设为当前模型</translation>
    </message>
    <message>
      <source>Making the demo</source>
      <translation>正在生成演示</translation>
    </message>
    <message>
      <source>Manifest</source>
      <translation>清单</translation>
    </message>
    <message>
      <source>Manifest…</source>
      <translation>清单…</translation>
    </message>
    <message>
      <source>Margin</source>
      <translation>边距</translation>
    </message>
    <message>
      <source>Mask</source>
      <translation>掩膜</translation>
    </message>
    <message>
      <source>Mask opacity</source>
      <translation>掩膜不透明度</translation>
    </message>
    <message>
      <source>Mean, SD and area between corners: click them, double click ends</source>
      <translation>角点之间的平均值、标准差与面积：逐点单击，双击结束</translation>
    </message>
    <message>
      <source>Mean, SD and area inside a line drawn by hand</source>
      <translation>手绘线内的平均值、标准差与面积</translation>
    </message>
    <message>
      <source>Mean, SD and area of a rectangle: drag from corner to corner</source>
      <translation>矩形的平均值、标准差与面积：从一角拖到另一角</translation>
    </message>
    <message>
      <source>Mean, SD and area of an ellipse: drag across it</source>
      <translation>椭圆的平均值、标准差与面积：拖过椭圆</translation>
    </message>
    <message>
      <source>Measure</source>
      <translation>测量</translation>
    </message>
    <message>
      <source>Measure &gt; Length (D), Angle (G) or a region: drag on the image.</source>
      <translation>测量 &gt; 长度 (D)、角度 (G) 或区域：在图像上拖动。</translation>
    </message>
    <message>
      <source>Measure All</source>
      <translation>全部测量</translation>
    </message>
    <message>
      <source>Measure a model against a truth; a report with plots</source>
      <translation>对照参考标准测量模型；生成带图的报告</translation>
    </message>
    <message>
      <source>Measure again which backend is the fastest on this machine</source>
      <translation>重新测定本机上最快的推理后端</translation>
    </message>
    <message>
      <source>Measure it against the model in use, on the held-out cases</source>
      <translation>在留出病例上与使用中的模型比较</translation>
    </message>
    <message>
      <source>Measures</source>
      <translation>测量</translation>
    </message>
    <message>
      <source>Measures as CSV</source>
      <translation>测量存为 CSV</translation>
    </message>
    <message>
      <source>Measures as DICOM SR</source>
      <translation>测量存为 DICOM SR</translation>
    </message>
    <message>
      <source>Measuring all versions</source>
      <translation>正在测量全部版本</translation>
    </message>
    <message>
      <source>Measuring the backends</source>
      <translation>正在测试各推理后端</translation>
    </message>
    <message>
      <source>Median</source>
      <translation>中值</translation>
    </message>
    <message>
      <source>Mediastinum</source>
      <translation>纵隔</translation>
    </message>
    <message>
      <source>Merge Into</source>
      <translation>并入</translation>
    </message>
    <message>
      <source>Merge, delete, reorder, code, schema</source>
      <translation>合并、删除、排序、编码、方案</translation>
    </message>
    <message>
      <source>Messages</source>
      <translation>消息</translation>
    </message>
    <message>
      <source>Method</source>
      <translation>方法</translation>
    </message>
    <message>
      <source>Method of the heat map</source>
      <translation>热图方法</translation>
    </message>
    <message>
      <source>Middle drag</source>
      <translation>中键拖动</translation>
    </message>
    <message>
      <source>Millimetres</source>
      <translation>毫米</translation>
    </message>
    <message>
      <source>Minutes and gestures per case and model version: does the model save work?</source>
      <translation>每个病例和模型版本的分钟数与操作次数：模型是否节省工作？</translation>
    </message>
    <message>
      <source>Mirror the picture; the letters follow</source>
      <translation>镜像图像；方位字母随之改变</translation>
    </message>
    <message>
      <source>Modality</source>
      <translation>模态</translation>
    </message>
    <message>
      <source>Model</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>Model versions</source>
      <translation>模型版本</translation>
    </message>
    <message>
      <source>Models</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>More</source>
      <translation>更多</translation>
    </message>
    <message>
      <source>Most doubtful slices</source>
      <translation>最不确定的层面</translation>
    </message>
    <message>
      <source>Most of all</source>
      <translation>最主要的是</translation>
    </message>
    <message>
      <source>Most on slice</source>
      <translation>最大所在层</translation>
    </message>
    <message>
      <source>Mouse</source>
      <translation>鼠标</translation>
    </message>
    <message>
      <source>Move Down</source>
      <translation>下移</translation>
    </message>
    <message>
      <source>Move Up</source>
      <translation>上移</translation>
    </message>
    <message>
      <source>Move along the rim of a region: the line of that value shows. Click to paint it.</source>
      <translation>沿区域边缘移动：显示该值的等值线。单击即可涂画。</translation>
    </message>
    <message>
      <source>Move it; beyond the dots on its arms: turn the planes across</source>
      <translation>移动十字线；在臂上圆点以外：旋转交叉平面</translation>
    </message>
    <message>
      <source>Move it; on one of its handles: change it</source>
      <translation>移动测量；在控制点上：修改</translation>
    </message>
    <message>
      <source>Move {name}</source>
      <translation>移动 {name}</translation>
    </message>
    <message>
      <source>NIfTI (*.nii.gz)</source>
      <translation>NIfTI (*.nii.gz)</translation>
    </message>
    <message>
      <source>NIfTI Labels</source>
      <translation>NIfTI 标签</translation>
    </message>
    <message>
      <source>NIfTI labels</source>
      <translation>NIfTI 标签</translation>
    </message>
    <message>
      <source>NIfTI with a manifest</source>
      <translation>NIfTI 及清单</translation>
    </message>
    <message>
      <source>NOT SAVED</source>
      <translation>未保存</translation>
    </message>
    <message>
      <source>NRRD Labels</source>
      <translation>NRRD 标签</translation>
    </message>
    <message>
      <source>NRRD labels</source>
      <translation>NRRD 标签</translation>
    </message>
    <message>
      <source>NRRD segmentation (*.seg.nrrd)</source>
      <translation>NRRD 分割 (*.seg.nrrd)</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>名称</translation>
    </message>
    <message>
      <source>Name of a label painted where nothing is to grow; it keeps its voxels only</source>
      <translation>涂在不应生长处的标签名称；它只保留自身体素</translation>
    </message>
    <message>
      <source>Name of a new finding</source>
      <translation>新发现的名称</translation>
    </message>
    <message>
      <source>Name of the new model</source>
      <translation>新模型的名称</translation>
    </message>
    <message>
      <source>Name of the new model, such as mr-liver</source>
      <translation>新模型的名称，例如 mr-liver</translation>
    </message>
    <message>
      <source>Name of the preset</source>
      <translation>预设名称</translation>
    </message>
    <message>
      <source>Name of the version</source>
      <translation>版本名称</translation>
    </message>
    <message>
      <source>Name of this state</source>
      <translation>此状态的名称</translation>
    </message>
    <message>
      <source>Name or number</source>
      <translation>名称或编号</translation>
    </message>
    <message>
      <source>Name or number of a label of the table</source>
      <translation>表中标签的名称或编号</translation>
    </message>
    <message>
      <source>Name the new model: small letters, digits, dots and dashes, such as mr-liver.</source>
      <translation>请为新模型命名：小写字母、数字、点和连字符，例如 mr-liver。</translation>
    </message>
    <message>
      <source>Navigate</source>
      <translation>浏览</translation>
    </message>
    <message>
      <source>Navigating. B paints, E erases, Esc comes back.</source>
      <translation>浏览模式。B 涂画，E 擦除，Esc 返回。</translation>
    </message>
    <message>
      <source>Neighbours</source>
      <translation>相邻层面</translation>
    </message>
    <message>
      <source>New cases begin with these labels.</source>
      <translation>新病例将以这些标签开始。</translation>
    </message>
    <message>
      <source>New model for the accepted labels, from scratch</source>
      <translation>为已接受的标签建立新模型，从零开始</translation>
    </message>
    <message>
      <source>New model for the accepted labels, on the features of the model in use</source>
      <translation>为已接受的标签建立新模型，基于正在使用的模型的特征</translation>
    </message>
    <message>
      <source>Next Series</source>
      <translation>下一序列</translation>
    </message>
    <message>
      <source>Next or previous slice</source>
      <translation>下一层或上一层</translation>
    </message>
    <message>
      <source>No</source>
      <translation>否</translation>
    </message>
    <message>
      <source>No film was written.</source>
      <translation>未写出影片。</translation>
    </message>
    <message>
      <source>No further than</source>
      <translation>最远不超过</translation>
    </message>
    <message>
      <source>No held-out case was compared, so it is not known whether the candidate is better. Accept slices of a second patient: it will be held out.</source>
      <translation>没有比较留作验证的病例，因此不知道候选模型是否更好。请接受第二名患者的切片：该患者将留作验证。</translation>
    </message>
    <message>
      <source>No image series was found in {where}.{skipped}</source>
      <translation>在 {where} 中未找到图像序列。{skipped}</translation>
    </message>
    <message>
      <source>No label changed.</source>
      <translation>标签没有变化。</translation>
    </message>
    <message>
      <source>No labels to show yet.
Segment with Ctrl+G, or paint with B.</source>
      <translation>还没有可显示的标签。
按 Ctrl+G 分割，或按 B 涂画。</translation>
    </message>
    <message>
      <source>No labels.</source>
      <translation>没有标签。</translation>
    </message>
    <message>
      <source>No model was used.</source>
      <translation>未使用模型。</translation>
    </message>
    <message>
      <source>No prediction to compare with</source>
      <translation>没有可比较的预测</translation>
    </message>
    <message>
      <source>No program opens it here. The report is {path}</source>
      <translation>此处没有程序可打开它。报告位于 {path}</translation>
    </message>
    <message>
      <source>No report was written.</source>
      <translation>未写出报告。</translation>
    </message>
    <message>
      <source>No version was measured on held-out cases yet. Measure All does it.</source>
      <translation>尚无版本在留出病例上测量过。请使用“全部测量”。</translation>
    </message>
    <message>
      <source>No volumes in ml: {reason}.</source>
      <translation>没有毫升体积：{reason}。</translation>
    </message>
    <message>
      <source>No volumes: {reason}</source>
      <translation>没有体积：{reason}</translation>
    </message>
    <message>
      <source>No voxel changed: labels are locked or protected there.</source>
      <translation>没有体素改变：该处标签已锁定或受保护。</translation>
    </message>
    <message>
      <source>Non-local means</source>
      <translation>非局部均值</translation>
    </message>
    <message>
      <source>None.</source>
      <translation>无。</translation>
    </message>
    <message>
      <source>Notes on the Series</source>
      <translation>序列注意事项</translation>
    </message>
    <message>
      <source>Notes on the images</source>
      <translation>图像注意事项</translation>
    </message>
    <message>
      <source>Nothing learned</source>
      <translation>尚未学到内容</translation>
    </message>
    <message>
      <source>Nothing odd was found.</source>
      <translation>未发现异常。</translation>
    </message>
    <message>
      <source>Nothing open</source>
      <translation>未打开任何内容</translation>
    </message>
    <message>
      <source>Nothing was edited yet. Time counts from gesture to gesture, without pauses.</source>
      <translation>尚未进行编辑。用时按相邻操作之间计算，不含停顿。</translation>
    </message>
    <message>
      <source>Now</source>
      <translation>当前</translation>
    </message>
    <message>
      <source>Now, slice {number}</source>
      <translation>当前，第 {number} 层</translation>
    </message>
    <message>
      <source>ONNX Runtime</source>
      <translation>ONNX Runtime</translation>
    </message>
    <message>
      <source>ONNX Runtime, 8 bit</source>
      <translation>ONNX Runtime，8 位</translation>
    </message>
    <message>
      <source>Off: erasing takes every voxel</source>
      <translation>关闭：擦除所有体素</translation>
    </message>
    <message>
      <source>Off: it grows into background only</source>
      <translation>关闭：只向背景生长</translation>
    </message>
    <message>
      <source>On all slices</source>
      <translation>所有层面</translation>
    </message>
    <message>
      <source>On cases left out: AUROC {area:.2f}.</source>
      <translation>在留出病例上：AUROC {area:.2f}。</translation>
    </message>
    <message>
      <source>On either side of the slice</source>
      <translation>层的两侧</translation>
    </message>
    <message>
      <source>On images and labels in two folders, paired by name</source>
      <translation>使用两个文件夹中按名称配对的图像和标签</translation>
    </message>
    <message>
      <source>On the held-out cases of this workspace</source>
      <translation>使用此工作区的留出病例</translation>
    </message>
    <message>
      <source>One DICOM RTSTRUCT object with exact outlines of each label</source>
      <translation>一个 DICOM RTSTRUCT 对象，含每个标签的精确轮廓</translation>
    </message>
    <message>
      <source>One DICOM SEG object with a segment per label</source>
      <translation>一个 DICOM SEG 对象，每个标签一个分段</translation>
    </message>
    <message>
      <source>One View</source>
      <translation>单视图</translation>
    </message>
    <message>
      <source>One index picture per slice</source>
      <translation>每层一张索引图</translation>
    </message>
    <message>
      <source>One moment: the labels are being written.</source>
      <translation>请稍候：正在写入标签。</translation>
    </message>
    <message>
      <source>One moment: the preview is being worked out anew.</source>
      <translation>请稍候：正在重新计算预览。</translation>
    </message>
    <message>
      <source>One point of the patient in every plane; Shift and moving the mouse puts it there</source>
      <translation>在各平面上标出患者的同一点；按住 Shift 移动鼠标可定位</translation>
    </message>
    <message>
      <source>One screen pixel for each voxel</source>
      <translation>每个体素对应一个屏幕像素</translation>
    </message>
    <message>
      <source>One to One</source>
      <translation>原始大小</translation>
    </message>
    <message>
      <source>One view alone, or all again</source>
      <translation>单独显示一个视图，或恢复全部</translation>
    </message>
    <message>
      <source>Only brushes work in this plane: it lies between the voxels' planes.</source>
      <translation>此平面位于体素平面之间：这里只能使用画笔。</translation>
    </message>
    <message>
      <source>Opacity</source>
      <translation>不透明度</translation>
    </message>
    <message>
      <source>Opacity of the label</source>
      <translation>标签不透明度</translation>
    </message>
    <message>
      <source>Opacity of this label, of the mask's opacity</source>
      <translation>此标签相对于掩膜的不透明度</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>打开</translation>
    </message>
    <message>
      <source>Open Beside</source>
      <translation>并排打开</translation>
    </message>
    <message>
      <source>Open DICOM, NIfTI, NRRD or zip files</source>
      <translation>打开 DICOM、NIfTI、NRRD 或 zip 文件</translation>
    </message>
    <message>
      <source>Open Files</source>
      <translation>打开文件</translation>
    </message>
    <message>
      <source>Open Folder</source>
      <translation>打开文件夹</translation>
    </message>
    <message>
      <source>Open Folder…</source>
      <translation>打开文件夹…</translation>
    </message>
    <message>
      <source>Open Recent</source>
      <translation>最近打开</translation>
    </message>
    <message>
      <source>Open Report</source>
      <translation>打开报告</translation>
    </message>
    <message>
      <source>Open every series in a folder</source>
      <translation>打开文件夹中的所有序列</translation>
    </message>
    <message>
      <source>OpenVINO</source>
      <translation>OpenVINO</translation>
    </message>
    <message>
      <source>OpenVINO, 8 bit</source>
      <translation>OpenVINO，8 位</translation>
    </message>
    <message>
      <source>OpenVINO, bfloat16</source>
      <translation>OpenVINO，bfloat16</translation>
    </message>
    <message>
      <source>Opens CT and MR series, segments them with a model on this computer, shows what the model used, takes your corrections and learns from them.

No network access and no telemetry. A heat map shows what the model used, not the disease.

Apache License 2.0.</source>
      <translation>打开 CT 和 MR 序列，用本机上的模型进行分割，显示模型的依据，接受您的修正并从中学习。

不访问网络，不收集数据。热力图显示的是模型的依据，而不是病变。

Apache License 2.0。</translation>
    </message>
    <message>
      <source>Operations</source>
      <translation>批量操作</translation>
    </message>
    <message>
      <source>Optimiser steps instead of a time: the same again gives the same</source>
      <translation>以优化步数代替时间：重复运行结果相同</translation>
    </message>
    <message>
      <source>Origin</source>
      <translation>来源</translation>
    </message>
    <message>
      <source>Origin of labels</source>
      <translation>标签来源</translation>
    </message>
    <message>
      <source>Origin of the labels</source>
      <translation>各标签的来源</translation>
    </message>
    <message>
      <source>Other Direction</source>
      <translation>反向</translation>
    </message>
    <message>
      <source>Other label</source>
      <translation>另一标签</translation>
    </message>
    <message>
      <source>Outline</source>
      <translation>轮廓</translation>
    </message>
    <message>
      <source>Outline Only</source>
      <translation>仅轮廓</translation>
    </message>
    <message>
      <source>Outline alone, or outline and fill</source>
      <translation>仅轮廓，或轮廓加填充</translation>
    </message>
    <message>
      <source>Over other labels</source>
      <translation>覆盖其他标签</translation>
    </message>
    <message>
      <source>Overlay</source>
      <translation>叠加</translation>
    </message>
    <message>
      <source>Overlays of the File</source>
      <translation>文件自带叠加层</translation>
    </message>
    <message>
      <source>Overnight</source>
      <translation>整夜</translation>
    </message>
    <message>
      <source>PDF (*.pdf)</source>
      <translation>PDF (*.pdf)</translation>
    </message>
    <message>
      <source>PNG Slices</source>
      <translation>PNG 层图</translation>
    </message>
    <message>
      <source>PNG picture (*.png)</source>
      <translation>PNG 图片 (*.png)</translation>
    </message>
    <message>
      <source>PNG slices</source>
      <translation>PNG 层图</translation>
    </message>
    <message>
      <source>Paint as soon as the line is closed</source>
      <translation>线一闭合即涂画</translation>
    </message>
    <message>
      <source>Paint or erase</source>
      <translation>涂画或擦除</translation>
    </message>
    <message>
      <source>Paint over all labels</source>
      <translation>可覆盖所有标签</translation>
    </message>
    <message>
      <source>Paint over background only</source>
      <translation>仅可覆盖背景</translation>
    </message>
    <message>
      <source>Paint over visible labels</source>
      <translation>可覆盖可见标签</translation>
    </message>
    <message>
      <source>Paint the active label. Hold Ctrl or the right button to erase.</source>
      <translation>涂画当前标签。按住 Ctrl 或右键擦除。</translation>
    </message>
    <message>
      <source>Paint up to the edge: what looks like the voxel under the mouse, in the tip.</source>
      <translation>涂画到边缘：笔尖内与鼠标下体素相似的部分。</translation>
    </message>
    <message>
      <source>Paint voxels in a range of values only. Hold Ctrl or the right button to erase them.</source>
      <translation>只涂画某一数值范围内的体素。按住 Ctrl 或右键擦除。</translation>
    </message>
    <message>
      <source>Paint what a tool or an operation shows; Esc drops it</source>
      <translation>涂画工具或操作所显示的结果；Esc 放弃</translation>
    </message>
    <message>
      <source>Paint what is proposed (Enter)</source>
      <translation>涂画建议的结果（Enter）</translation>
    </message>
    <message>
      <source>Paint when the button is let go</source>
      <translation>松开按键时涂画</translation>
    </message>
    <message>
      <source>Pan</source>
      <translation>平移</translation>
    </message>
    <message>
      <source>Part in</source>
      <translation>部分位于</translation>
    </message>
    <message>
      <source>Past the middle by</source>
      <translation>越过中线</translation>
    </message>
    <message>
      <source>Paste Mask</source>
      <translation>粘贴掩膜</translation>
    </message>
    <message>
      <source>Pasted</source>
      <translation>粘贴</translation>
    </message>
    <message>
      <source>Pasted on slice {number}.</source>
      <translation>已粘贴到第 {number} 层。</translation>
    </message>
    <message>
      <source>Patient</source>
      <translation>患者</translation>
    </message>
    <message>
      <source>Patient ID</source>
      <translation>患者编号</translation>
    </message>
    <message>
      <source>Patient's Name in DICOM Exports</source>
      <translation>DICOM 导出含患者姓名</translation>
    </message>
    <message>
      <source>Patient, identity number and dates leave the screen until medview is closed</source>
      <translation>在关闭 medview 之前不在屏幕上显示患者、编号与日期</translation>
    </message>
    <message>
      <source>Phase</source>
      <translation>期相</translation>
    </message>
    <message>
      <source>Picture: {target}</source>
      <translation>图片：{target}</translation>
    </message>
    <message>
      <source>Pixels to correct per slice: {now:.0f} now, {then:.0f} with the candidate</source>
      <translation>每层需修正的像素：当前 {now:.0f}，候选模型 {then:.0f}</translation>
    </message>
    <message>
      <source>Planes and 3D</source>
      <translation>平面与三维</translation>
    </message>
    <message>
      <source>Play</source>
      <translation>播放</translation>
    </message>
    <message>
      <source>Play or stop the slices, at the file's own rate where it has one</source>
      <translation>播放或停止各层；文件有自带帧率时采用该帧率</translation>
    </message>
    <message>
      <source>Play the other way</source>
      <translation>反向播放</translation>
    </message>
    <message>
      <source>Point Value</source>
      <translation>点值</translation>
    </message>
    <message>
      <source>Polygon</source>
      <translation>多边形</translation>
    </message>
    <message>
      <source>Precision</source>
      <translation>精确率</translation>
    </message>
    <message>
      <source>Press on a region and drag: right or up takes in more. Enter keeps it, Esc drops it. Ctrl or the right button: cut.</source>
      <translation>在区域上按下并拖动：向右或向上包含更多。Enter 保留，Esc 放弃。Ctrl 或右键：切除。</translation>
    </message>
    <message>
      <source>Previous Series</source>
      <translation>上一序列</translation>
    </message>
    <message>
      <source>Progress</source>
      <translation>进度</translation>
    </message>
    <message>
      <source>Progress of the model</source>
      <translation>模型进度</translation>
    </message>
    <message>
      <source>Progress of the training</source>
      <translation>训练进度</translation>
    </message>
    <message>
      <source>Propose</source>
      <translation>推荐</translation>
    </message>
    <message>
      <source>Put back what the model last wrote, in this slice or everywhere.</source>
      <translation>恢复模型最近写入的结果，仅本层或全部。</translation>
    </message>
    <message>
      <source>Put the crosshair under the mouse, in every plane</source>
      <translation>在各平面上将十字线置于鼠标处</translation>
    </message>
    <message>
      <source>PyTorch</source>
      <translation>PyTorch</translation>
    </message>
    <message>
      <source>PyTorch, half precision</source>
      <translation>PyTorch，半精度</translation>
    </message>
    <message>
      <source>Quit</source>
      <translation>退出</translation>
    </message>
    <message>
      <source>RT Structure Set (*.rtstruct.dcm)</source>
      <translation>RT 结构集 (*.rtstruct.dcm)</translation>
    </message>
    <message>
      <source>Radius</source>
      <translation>半径</translation>
    </message>
    <message>
      <source>Random</source>
      <translation>随机</translation>
    </message>
    <message>
      <source>Range from</source>
      <translation>范围来自</translation>
    </message>
    <message>
      <source>Rare label</source>
      <translation>少见标签</translation>
    </message>
    <message>
      <source>Reach</source>
      <translation>范围</translation>
    </message>
    <message>
      <source>Reader</source>
      <translation>阅片者</translation>
    </message>
    <message>
      <source>Reading</source>
      <translation>读数</translation>
    </message>
    <message>
      <source>Reading back</source>
      <translation>正在回读核对</translation>
    </message>
    <message>
      <source>Reading headers: {0} of {1}</source>
      <translation>正在读取文件头：{0} / {1}</translation>
    </message>
    <message>
      <source>Reading labels</source>
      <translation>正在读取标签</translation>
    </message>
    <message>
      <source>Reading tags</source>
      <translation>正在读取标签信息</translation>
    </message>
    <message>
      <source>Reading the training set</source>
      <translation>正在读取训练集</translation>
    </message>
    <message>
      <source>Reading was cancelled: some slices are missing.</source>
      <translation>读取已取消：缺少部分层。</translation>
    </message>
    <message>
      <source>Reason</source>
      <translation>原因</translation>
    </message>
    <message>
      <source>Recall</source>
      <translation>召回率</translation>
    </message>
    <message>
      <source>Recommended</source>
      <translation>推荐</translation>
    </message>
    <message>
      <source>Rectangle</source>
      <translation>矩形</translation>
    </message>
    <message>
      <source>Redo</source>
      <translation>重做</translation>
    </message>
    <message>
      <source>Redo {name}</source>
      <translation>重做 {name}</translation>
    </message>
    <message>
      <source>Redo: {name}</source>
      <translation>重做：{name}</translation>
    </message>
    <message>
      <source>Region</source>
      <translation>区域</translation>
    </message>
    <message>
      <source>Region to explain</source>
      <translation>要解释的区域</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>移除</translation>
    </message>
    <message>
      <source>Remove Fusion</source>
      <translation>移除融合</translation>
    </message>
    <message>
      <source>Remove labels before or after the slice shown, in the view used last.</source>
      <translation>在最近使用的视图中，移除所显示层之前或之后的标签。</translation>
    </message>
    <message>
      <source>Remove the chosen measure</source>
      <translation>删除所选测量</translation>
    </message>
    <message>
      <source>Remove the chosen measure (Del)</source>
      <translation>删除所选测量（Del）</translation>
    </message>
    <message>
      <source>Rename</source>
      <translation>重命名</translation>
    </message>
    <message>
      <source>Replace</source>
      <translation>替换</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>报告</translation>
    </message>
    <message>
      <source>Report as PDF</source>
      <translation>报告存为 PDF</translation>
    </message>
    <message>
      <source>Report of {page}: {target}</source>
      <translation>报告（{page}）：{target}</translation>
    </message>
    <message>
      <source>Report {name}</source>
      <translation>报告 {name}</translation>
    </message>
    <message>
      <source>Report: {path}</source>
      <translation>报告：{path}</translation>
    </message>
    <message>
      <source>Research use, not a medical device</source>
      <translation>仅供研究，非医疗器械</translation>
    </message>
    <message>
      <source>Reset All</source>
      <translation>全部重置</translation>
    </message>
    <message>
      <source>Reset This Action</source>
      <translation>重置此操作</translation>
    </message>
    <message>
      <source>Retrain on Corrections</source>
      <translation>用修正结果再训练</translation>
    </message>
    <message>
      <source>Retraining</source>
      <translation>再训练</translation>
    </message>
    <message>
      <source>Retraining Options</source>
      <translation>再训练选项</translation>
    </message>
    <message>
      <source>Review</source>
      <translation>审核</translation>
    </message>
    <message>
      <source>Reviewer</source>
      <translation>审阅者</translation>
    </message>
    <message>
      <source>Right click on a series in the list to lay it over this one.</source>
      <translation>在列表中右键单击某个序列，可将其叠加到此序列上。</translation>
    </message>
    <message>
      <source>Right drag</source>
      <translation>右键拖动</translation>
    </message>
    <message>
      <source>Right drag with a tool</source>
      <translation>使用工具时右键拖动</translation>
    </message>
    <message>
      <source>Roll Back</source>
      <translation>回退</translation>
    </message>
    <message>
      <source>Run the model over the volume, the slice you see first</source>
      <translation>对整个容积运行模型，先处理所见的层</translation>
    </message>
    <message>
      <source>SD</source>
      <translation>标准差</translation>
    </message>
    <message>
      <source>SUV value</source>
      <translation>SUV 值</translation>
    </message>
    <message>
      <source>SUV {suv:.2f}</source>
      <translation>SUV {suv:.2f}</translation>
    </message>
    <message>
      <source>Save Film</source>
      <translation>保存影片</translation>
    </message>
    <message>
      <source>Save Labels as Schema</source>
      <translation>将标签存为方案</translation>
    </message>
    <message>
      <source>Save Labels as Schema…</source>
      <translation>将标签存为方案…</translation>
    </message>
    <message>
      <source>Save Picture</source>
      <translation>保存图片</translation>
    </message>
    <message>
      <source>Save Report</source>
      <translation>保存报告</translation>
    </message>
    <message>
      <source>Save as CSV…</source>
      <translation>另存为 CSV…</translation>
    </message>
    <message>
      <source>Save picture</source>
      <translation>保存图片</translation>
    </message>
    <message>
      <source>Saved state</source>
      <translation>保存状态</translation>
    </message>
    <message>
      <source>Scissors</source>
      <translation>剪刀</translation>
    </message>
    <message>
      <source>Score Slices</source>
      <translation>为层面评分</translation>
    </message>
    <message>
      <source>Score of this slice</source>
      <translation>本层评分</translation>
    </message>
    <message>
      <source>Search actions</source>
      <translation>搜索操作</translation>
    </message>
    <message>
      <source>Search an action or a key</source>
      <translation>搜索操作或按键</translation>
    </message>
    <message>
      <source>Search shortcuts</source>
      <translation>搜索快捷键</translation>
    </message>
    <message>
      <source>Search tags</source>
      <translation>搜索标签信息</translation>
    </message>
    <message>
      <source>Search tags, names and values</source>
      <translation>搜索标签号、名称和值</translation>
    </message>
    <message>
      <source>Search terms</source>
      <translation>搜索术语</translation>
    </message>
    <message>
      <source>Search, for example: lobe of lung</source>
      <translation>搜索，例如：lobe of lung</translation>
    </message>
    <message>
      <source>Second from the file</source>
      <translation>文件自带第二组</translation>
    </message>
    <message>
      <source>Seed</source>
      <translation>随机种子</translation>
    </message>
    <message>
      <source>Segment</source>
      <translation>分割</translation>
    </message>
    <message>
      <source>Segment to see where the model is unsure.</source>
      <translation>先分割，即可看到模型不确定之处。</translation>
    </message>
    <message>
      <source>Segmentation was cancelled after {count} slice.</source>
      <translation>分割在 {count} 层后取消。</translation>
    </message>
    <message>
      <source>Segmentation was cancelled after {count} slices.</source>
      <translation>分割在 {count} 层后取消。</translation>
    </message>
    <message>
      <source>Segmenting</source>
      <translation>正在分割</translation>
    </message>
    <message>
      <source>Segmenting, {0} of {1} slices</source>
      <translation>正在分割：{0} / {1} 层</translation>
    </message>
    <message>
      <source>Series</source>
      <translation>序列</translation>
    </message>
    <message>
      <source>Series of the folders that you open stand here.</source>
      <translation>所打开文件夹中的序列显示在这里。</translation>
    </message>
    <message>
      <source>Several slices as one; 0 shows each by itself</source>
      <translation>多层合为一层；0 为逐层显示</translation>
    </message>
    <message>
      <source>Shape</source>
      <translation>形状</translation>
    </message>
    <message>
      <source>Shift and move</source>
      <translation>按住 Shift 移动</translation>
    </message>
    <message>
      <source>Shift+Click on a point</source>
      <translation>Shift+单击某点</translation>
    </message>
    <message>
      <source>Shift+Wheel with a tool</source>
      <translation>使用工具时 Shift+滚轮</translation>
    </message>
    <message>
      <source>Shortcuts</source>
      <translation>快捷键</translation>
    </message>
    <message>
      <source>Show</source>
      <translation>显示</translation>
    </message>
    <message>
      <source>Show the Demo</source>
      <translation>查看演示</translation>
    </message>
    <message>
      <source>Show the whole slice</source>
      <translation>显示整层</translation>
    </message>
    <message>
      <source>Shown on the image; double click the colour to change it</source>
      <translation>显示在图像上；双击颜色可更改</translation>
    </message>
    <message>
      <source>Shown over the image</source>
      <translation>叠加显示在图像上</translation>
    </message>
    <message>
      <source>Side</source>
      <translation>侧别</translation>
    </message>
    <message>
      <source>Side by Side</source>
      <translation>并排</translation>
    </message>
    <message>
      <source>Size</source>
      <translation>大小</translation>
    </message>
    <message>
      <source>Skipped Files</source>
      <translation>已跳过的文件</translation>
    </message>
    <message>
      <source>Slab</source>
      <translation>厚层</translation>
    </message>
    <message>
      <source>Slab shows</source>
      <translation>厚层投影</translation>
    </message>
    <message>
      <source>Slice</source>
      <translation>层</translation>
    </message>
    <message>
      <source>Slice Down</source>
      <translation>向下一层</translation>
    </message>
    <message>
      <source>Slice Up</source>
      <translation>向上一层</translation>
    </message>
    <message>
      <source>Slice number</source>
      <translation>层号</translation>
    </message>
    <message>
      <source>Slice view</source>
      <translation>层视图</translation>
    </message>
    <message>
      <source>Slice {number}: {why}</source>
      <translation>第 {number} 层：{why}</translation>
    </message>
    <message>
      <source>Slices</source>
      <translation>层</translation>
    </message>
    <message>
      <source>Slices as GIF</source>
      <translation>各层存为 GIF</translation>
    </message>
    <message>
      <source>Slices as MP4</source>
      <translation>各层存为 MP4</translation>
    </message>
    <message>
      <source>Slices in which the model was least sure of what it labelled</source>
      <translation>模型对其标注最不确定的层面</translation>
    </message>
    <message>
      <source>Slices that the version before labelled otherwise</source>
      <translation>上一版本标注不同的层面</translation>
    </message>
    <message>
      <source>Slices to correct next</source>
      <translation>接下来要修正的层面</translation>
    </message>
    <message>
      <source>Slices whose correction would help most</source>
      <translation>修正后最有帮助的层面</translation>
    </message>
    <message>
      <source>Slices whose labels do not look like those beside them</source>
      <translation>标签与相邻层面不相似的层面</translation>
    </message>
    <message>
      <source>Slices with a label of which little was accepted so far</source>
      <translation>含有目前接受较少的标签的层面</translation>
    </message>
    <message>
      <source>Slices with the label: only empty slices are filled. Slices edited by hand: what a model drew between them is replaced</source>
      <translation>有标签的层：只填充空层。手工编辑的层：替换模型在其间勾画的内容</translation>
    </message>
    <message>
      <source>Slower</source>
      <translation>减慢</translation>
    </message>
    <message>
      <source>Small is under</source>
      <translation>小块界限</translation>
    </message>
    <message>
      <source>Small islands, holes and strays of lungs and airway go when a prediction is whole; of other labels what is smaller than all that was accepted</source>
      <translation>预测完成后去除肺与气道的小岛、孔洞和游离部分；对其他标签，去除比所有已接受部分都小的部分</translation>
    </message>
    <message>
      <source>Smaller</source>
      <translation>缩小画笔</translation>
    </message>
    <message>
      <source>Smaller brush; also Shift and wheel</source>
      <translation>更小的画笔；也可用 Shift+滚轮</translation>
    </message>
    <message>
      <source>Smooth</source>
      <translation>平滑</translation>
    </message>
    <message>
      <source>Smooth Brush</source>
      <translation>平滑画笔</translation>
    </message>
    <message>
      <source>Smooth the active label (median, open, close, Gaussian), or all jointly.</source>
      <translation>平滑当前标签（中值、开运算、闭运算、高斯），或联合平滑所有标签。</translation>
    </message>
    <message>
      <source>Smoothing</source>
      <translation>平滑</translation>
    </message>
    <message>
      <source>So few held-out patients give a hint, no proof.</source>
      <translation>留出患者如此之少，仅能提示，不能证明。</translation>
    </message>
    <message>
      <source>Sorting slices</source>
      <translation>正在排序各层</translation>
    </message>
    <message>
      <source>Split Islands</source>
      <translation>拆分孤岛</translation>
    </message>
    <message>
      <source>Start</source>
      <translation>开始</translation>
    </message>
    <message>
      <source>Start from</source>
      <translation>起始模型</translation>
    </message>
    <message>
      <source>Starting the model</source>
      <translation>正在启动模型</translation>
    </message>
    <message>
      <source>State</source>
      <translation>状态</translation>
    </message>
    <message>
      <source>State of the label</source>
      <translation>标签状态</translation>
    </message>
    <message>
      <source>Steps</source>
      <translation>步数</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>停止</translation>
    </message>
    <message>
      <source>Stop Training</source>
      <translation>停止训练</translation>
    </message>
    <message>
      <source>Stop the work that is running</source>
      <translation>停止正在进行的工作</translation>
    </message>
    <message>
      <source>Stopped.</source>
      <translation>已停止。</translation>
    </message>
    <message>
      <source>Stopping …</source>
      <translation>正在停止…</translation>
    </message>
    <message>
      <source>Straight Planes</source>
      <translation>恢复正平面</translation>
    </message>
    <message>
      <source>Stroke along the active label's border to smooth it there.</source>
      <translation>沿当前标签边界涂抹，使该处平滑。</translation>
    </message>
    <message>
      <source>Study</source>
      <translation>检查</translation>
    </message>
    <message>
      <source>Surface Dice</source>
      <translation>表面 Dice</translation>
    </message>
    <message>
      <source>Swap black and white</source>
      <translation>黑白互换</translation>
    </message>
    <message>
      <source>System</source>
      <translation>跟随系统</translation>
    </message>
    <message>
      <source>Table of labels</source>
      <translation>标签表</translation>
    </message>
    <message>
      <source>Tag</source>
      <translation>标签号</translation>
    </message>
    <message>
      <source>Take Back Acceptance</source>
      <translation>撤回接受</translation>
    </message>
    <message>
      <source>Take In Again</source>
      <translation>重新纳入</translation>
    </message>
    <message>
      <source>Take back the last change, whoever made it</source>
      <translation>撤销最近一次更改，无论由谁所做</translation>
    </message>
    <message>
      <source>Take back the last point of a line that is not kept yet</source>
      <translation>撤回尚未保留的线的最后一点</translation>
    </message>
    <message>
      <source>Take over another label's voxels, give them away, keep a gap, or stay inside.</source>
      <translation>接收另一标签的体素、交出体素、保持间隙，或留在其内部。</translation>
    </message>
    <message>
      <source>Take over: the other's voxels become the active label's. Give away: the reverse. Keep apart: the active label leaves a gap around the other. Keep inside (intersection): the active label stays only in the other's space, holes filled, and within the gap around it</source>
      <translation>接收：另一标签的体素归当前标签。交出：相反。分开：当前标签与另一标签之间留出间隙。留在内部（交集）：当前标签只保留在另一标签的范围（孔洞填满）及其周围间隙之内</translation>
    </message>
    <message>
      <source>Takes effect when medview starts again</source>
      <translation>重新启动 medview 后生效</translation>
    </message>
    <message>
      <source>Term and Code…</source>
      <translation>术语与编码…</translation>
    </message>
    <message>
      <source>Terms found</source>
      <translation>找到的术语</translation>
    </message>
    <message>
      <source>Text</source>
      <translation>文字</translation>
    </message>
    <message>
      <source>Text on the Image</source>
      <translation>图像上的文字</translation>
    </message>
    <message>
      <source>The accepted slices as a training set</source>
      <translation>将已接受的层作为训练集</translation>
    </message>
    <message>
      <source>The active label of this slice, to paste it on another one</source>
      <translation>本层的当前标签，用于粘贴到另一层</translation>
    </message>
    <message>
      <source>The active model looks at every slice once; kept with the case</source>
      <translation>当前模型逐层查看一次；结果随病例保存</translation>
    </message>
    <message>
      <source>The active view as a picture on the clipboard</source>
      <translation>将当前视图作为图片复制到剪贴板</translation>
    </message>
    <message>
      <source>The candidate is better on held-out cases by {mean:.3f} Dice on average.</source>
      <translation>在留出病例上，候选模型的 Dice 平均高 {mean:.3f}。</translation>
    </message>
    <message>
      <source>The candidate is better on {where} and keeps the old skill.</source>
      <translation>候选模型在{where}上更好，并保持了原有能力。</translation>
    </message>
    <message>
      <source>The candidate is better on {where}.</source>
      <translation>候选模型在{where}上更好。</translation>
    </message>
    <message>
      <source>The candidate is no better on held-out cases.</source>
      <translation>在留出病例上，候选模型没有更好。</translation>
    </message>
    <message>
      <source>The candidate is worse on held-out cases by {mean:.3f} Dice on average.</source>
      <translation>在留出病例上，候选模型的 Dice 平均低 {mean:.3f}。</translation>
    </message>
    <message>
      <source>The candidate is worse on {where}.</source>
      <translation>候选模型在{where}上更差。</translation>
    </message>
    <message>
      <source>The file's second window</source>
      <translation>文件自带的第二组窗宽窗位</translation>
    </message>
    <message>
      <source>The files do not say where the voxels lie,
so there is no shape in 3D.</source>
      <translation>文件未说明体素的位置，
因此没有三维形状。</translation>
    </message>
    <message>
      <source>The image series before this one</source>
      <translation>此序列之前的图像序列</translation>
    </message>
    <message>
      <source>The images of {case} are not where they were. Open the folder where they are now; your work comes back with them.</source>
      <translation>{case} 的图像已不在原处。请打开其现在所在的文件夹；您的工作会随之恢复。</translation>
    </message>
    <message>
      <source>The island</source>
      <translation>该孤岛</translation>
    </message>
    <message>
      <source>The label {name} is locked.</source>
      <translation>标签 {name} 已锁定。</translation>
    </message>
    <message>
      <source>The labels as they were then, as one step that Undo takes back</source>
      <translation>恢复到当时的标签，作为可撤销的一步</translation>
    </message>
    <message>
      <source>The labels of now beside what differs from a version (section Versions)</source>
      <translation>当前标签与某一版本差异的并排显示（“版本”栏）</translation>
    </message>
    <message>
      <source>The labels of {name} are here already.</source>
      <translation>{name} 的标签已在此处。</translation>
    </message>
    <message>
      <source>The labels on this slice are right (A)</source>
      <translation>本层标签正确（A）</translation>
    </message>
    <message>
      <source>The labels on this slice are right; keep it for training</source>
      <translation>本层标签正确；留作训练</translation>
    </message>
    <message>
      <source>The model doubts its outline, more than on any training case, most on slice {0}.</source>
      <translation>模型对其轮廓的怀疑超过任何训练病例，第 {0} 层最明显。</translation>
    </message>
    <message>
      <source>The model doubts its outline, more than on any training case.</source>
      <translation>模型对其轮廓的怀疑超过任何训练病例。</translation>
    </message>
    <message>
      <source>The model finds almost nothing on {0} of {1} slices.</source>
      <translation>在 {1} 层中的 {0} 层上，模型几乎没有找到任何结构。</translation>
    </message>
    <message>
      <source>The model finds nothing of this label here.</source>
      <translation>模型在此未发现该标签。</translation>
    </message>
    <message>
      <source>The next image series of the list</source>
      <translation>列表中的下一个图像序列</translation>
    </message>
    <message>
      <source>The numbers below; the window shown; or the values where a stroke begins</source>
      <translation>下方数值、所显示的窗，或笔画起点处的数值</translation>
    </message>
    <message>
      <source>The picture is on the clipboard.</source>
      <translation>图片已复制到剪贴板。</translation>
    </message>
    <message>
      <source>The picture is only {0} x {1} mm wide and may cut the body.</source>
      <translation>图像仅宽 {0} x {1} mm，可能截断了身体。</translation>
    </message>
    <message>
      <source>The stored slice, counted from 1</source>
      <translation>存储的层，从 1 开始计数</translation>
    </message>
    <message>
      <source>The stored slices alone</source>
      <translation>仅显示存储的层</translation>
    </message>
    <message>
      <source>The stored slices large, the two planes across beside them</source>
      <translation>大图显示存储的层，旁边为两个交叉平面</translation>
    </message>
    <message>
      <source>The stroke goes on in the next slice</source>
      <translation>笔画延续到下一层</translation>
    </message>
    <message>
      <source>The tool used last, also after a restart</source>
      <translation>最近使用的工具，重启后仍有效</translation>
    </message>
    <message>
      <source>The value of the voxel that is clicked</source>
      <translation>所单击体素的值</translation>
    </message>
    <message>
      <source>The values inside its outline are strange, more than on any training case, most on slice {0}.</source>
      <translation>其轮廓内数值的异常程度超过任何训练病例，第 {0} 层最明显。</translation>
    </message>
    <message>
      <source>The values inside its outline are strange, more than on any training case.</source>
      <translation>其轮廓内数值的异常程度超过任何训练病例。</translation>
    </message>
    <message>
      <source>The view: the one used last</source>
      <translation>视图：最近使用的视图</translation>
    </message>
    <message>
      <source>The window that the DICOM file asks for</source>
      <translation>DICOM 文件指定的窗宽窗位</translation>
    </message>
    <message>
      <source>Theme</source>
      <translation>主题</translation>
    </message>
    <message>
      <source>There is a model of this name already.</source>
      <translation>已有同名的模型。</translation>
    </message>
    <message>
      <source>There is no clear difference on {where}.</source>
      <translation>在{where}上没有明显差别。</translation>
    </message>
    <message>
      <source>There is no label here.</source>
      <translation>此处没有标签。</translation>
    </message>
    <message>
      <source>There is no slice left to propose.</source>
      <translation>没有可推荐的层面。</translation>
    </message>
    <message>
      <source>There was no held-out case to compare on. Nothing is known about the candidate.</source>
      <translation>没有可供比较的留出病例。候选模型的优劣未知。</translation>
    </message>
    <message>
      <source>These labels</source>
      <translation>这些标签</translation>
    </message>
    <message>
      <source>These were not all measured on the same cases. Measure All compares fairly.</source>
      <translation>这些数值并非在相同病例上测得。“全部测量”可公平比较。</translation>
    </message>
    <message>
      <source>Thickness</source>
      <translation>厚度</translation>
    </message>
    <message>
      <source>This View as PNG</source>
      <translation>此视图存为 PNG</translation>
    </message>
    <message>
      <source>This image is no DICOM file.</source>
      <translation>此图像不是 DICOM 文件。</translation>
    </message>
    <message>
      <source>This slice could not be read: {reason}</source>
      <translation>无法读取此层：{reason}</translation>
    </message>
    <message>
      <source>This slice is not finished</source>
      <translation>此层尚未完成</translation>
    </message>
    <message>
      <source>This structure</source>
      <translation>此结构</translation>
    </message>
    <message>
      <source>This version beside the labels of now, and what differs</source>
      <translation>此版本与当前标签并排显示，并标出差异</translation>
    </message>
    <message>
      <source>Three Planes</source>
      <translation>三平面</translation>
    </message>
    <message>
      <source>Three in a Row</source>
      <translation>三平面并排</translation>
    </message>
    <message>
      <source>Three planes and the surfaces of the labels in 3D</source>
      <translation>三平面与标签的三维表面</translation>
    </message>
    <message>
      <source>Three planes of one size</source>
      <translation>三个同样大小的平面</translation>
    </message>
    <message>
      <source>Threshold Brush</source>
      <translation>阈值画笔</translation>
    </message>
    <message>
      <source>Through</source>
      <translation>贯穿</translation>
    </message>
    <message>
      <source>Thumbnail</source>
      <translation>缩略图</translation>
    </message>
    <message>
      <source>Tip</source>
      <translation>笔尖</translation>
    </message>
    <message>
      <source>To</source>
      <translation>到</translation>
    </message>
    <message>
      <source>To Prediction</source>
      <translation>恢复预测</translation>
    </message>
    <message>
      <source>Tolerance</source>
      <translation>容差</translation>
    </message>
    <message>
      <source>Too few patients to hold any out: each of the {count} patients was measured by a version that had not seen it; the candidate itself was trained on all.</source>
      <translation>患者太少，无法留出：{count} 名患者中的每一名都由未见过该患者的版本测量；候选版本本身用全部患者训练。</translation>
    </message>
    <message>
      <source>Tool</source>
      <translation>工具</translation>
    </message>
    <message>
      <source>Tools</source>
      <translation>工具</translation>
    </message>
    <message>
      <source>Top Slice</source>
      <translation>最上层</translation>
    </message>
    <message>
      <source>Toward</source>
      <translation>朝向</translation>
    </message>
    <message>
      <source>Toward the feet, the back or the left</source>
      <translation>朝向足侧、背侧或左侧</translation>
    </message>
    <message>
      <source>Toward the head, the front or the right</source>
      <translation>朝向头侧、前侧或右侧</translation>
    </message>
    <message>
      <source>Training</source>
      <translation>训练</translation>
    </message>
    <message>
      <source>Training Set</source>
      <translation>训练集</translation>
    </message>
    <message>
      <source>Training could not start: {reason}.</source>
      <translation>无法开始训练：{reason}。</translation>
    </message>
    <message>
      <source>Training ended abruptly (out of memory?). The models are as they were. Retraining goes on where it was.</source>
      <translation>训练意外结束（内存不足？）。各模型保持原样。再次训练时将从中断处继续。</translation>
    </message>
    <message>
      <source>Training failed: {reason}</source>
      <translation>训练失败：{reason}</translation>
    </message>
    <message>
      <source>Training fold {fold} of {folds}</source>
      <translation>正在训练第 {fold} 折，共 {folds} 折</translation>
    </message>
    <message>
      <source>Training set</source>
      <translation>训练集</translation>
    </message>
    <message>
      <source>Training stopped. The models are as they were.</source>
      <translation>训练已停止。模型保持原样。</translation>
    </message>
    <message>
      <source>Tries all ways, and more often those that let you correct much in little time</source>
      <translation>尝试所有方式，更多使用能让您短时间内修正较多内容的方式</translation>
    </message>
    <message>
      <source>Turn</source>
      <translation>旋转</translation>
    </message>
    <message>
      <source>Turn Left</source>
      <translation>向左旋转</translation>
    </message>
    <message>
      <source>Turn Right</source>
      <translation>向右旋转</translation>
    </message>
    <message>
      <source>Type the number of a slice</source>
      <translation>输入层号</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>撤销</translation>
    </message>
    <message>
      <source>Undo {name}</source>
      <translation>撤销 {name}</translation>
    </message>
    <message>
      <source>Undo: {name}</source>
      <translation>撤销：{name}</translation>
    </message>
    <message>
      <source>Use</source>
      <translation>采用</translation>
    </message>
    <message>
      <source>Use These Labels for New Cases</source>
      <translation>新病例使用这些标签</translation>
    </message>
    <message>
      <source>Use the model that was active before</source>
      <translation>使用之前的模型</translation>
    </message>
    <message>
      <source>VR</source>
      <translation>VR</translation>
    </message>
    <message>
      <source>Value</source>
      <translation>值</translation>
    </message>
    <message>
      <source>Version</source>
      <translation>版本</translation>
    </message>
    <message>
      <source>Versions</source>
      <translation>版本</translation>
    </message>
    <message>
      <source>View</source>
      <translation>视图</translation>
    </message>
    <message>
      <source>Volume</source>
      <translation>体积</translation>
    </message>
    <message>
      <source>Volume error ml</source>
      <translation>体积误差 ml</translation>
    </message>
    <message>
      <source>Volume in millilitres</source>
      <translation>体积（毫升）</translation>
    </message>
    <message>
      <source>Voxel</source>
      <translation>体素</translation>
    </message>
    <message>
      <source>Voxels</source>
      <translation>体素数</translation>
    </message>
    <message>
      <source>Voxels that the label gained or lost since the prediction</source>
      <translation>自预测以来该标签增加或减少的体素</translation>
    </message>
    <message>
      <source>W / L</source>
      <translation>窗宽 / 窗位</translation>
    </message>
    <message>
      <source>Warnings and notes on the open series: gaps, tilt, noise, metal</source>
      <translation>所打开序列的警告与注意事项：缺层、倾斜、噪声、金属</translation>
    </message>
    <message>
      <source>What Next</source>
      <translation>接下来</translation>
    </message>
    <message>
      <source>What all views show, side by side as they are</source>
      <translation>所有视图的内容，按现有排列并排</translation>
    </message>
    <message>
      <source>What carries the label now</source>
      <translation>当前带有该标签的部分</translation>
    </message>
    <message>
      <source>What do you want to do?</source>
      <translation>您想做什么？</translation>
    </message>
    <message>
      <source>What is known</source>
      <translation>已知情况</translation>
    </message>
    <message>
      <source>What may be painted over</source>
      <translation>可覆盖的内容</translation>
    </message>
    <message>
      <source>What next</source>
      <translation>接下来</translation>
    </message>
    <message>
      <source>What the active view shows</source>
      <translation>当前视图所显示的内容</translation>
    </message>
    <message>
      <source>What the model used for the chosen label on this slice</source>
      <translation>模型在本层判断所选标签的依据</translation>
    </message>
    <message>
      <source>What was copied takes the place of the same labels on this slice</source>
      <translation>复制的内容取代本层的相同标签</translation>
    </message>
    <message>
      <source>What was learned</source>
      <translation>所学内容</translation>
    </message>
    <message>
      <source>Wheel</source>
      <translation>滚轮</translation>
    </message>
    <message>
      <source>Wheel during a stroke</source>
      <translation>涂画时滚动滚轮</translation>
    </message>
    <message>
      <source>Where</source>
      <translation>范围</translation>
    </message>
    <message>
      <source>Who accepts: kept with every slice; a second reader's labels are kept too</source>
      <translation>接受者：随每个层面保存；第二阅片者的标签也会保留</translation>
    </message>
    <message>
      <source>Who is held out was chosen when the patient entered, and stays.</source>
      <translation>留出哪些患者在其进入时即已确定，不再改变。</translation>
    </message>
    <message>
      <source>Whole slice</source>
      <translation>整层</translation>
    </message>
    <message>
      <source>Why are they left out? The reason is kept with them.</source>
      <translation>为何排除？原因会随层面保存。</translation>
    </message>
    <message>
      <source>Why the mask may be wrong</source>
      <translation>掩膜可能有误的原因</translation>
    </message>
    <message>
      <source>Why?</source>
      <translation>为什么？</translation>
    </message>
    <message>
      <source>Width {width:g}, level {level:g}</source>
      <translation>窗宽 {width:g}，窗位 {level:g}</translation>
    </message>
    <message>
      <source>Window</source>
      <translation>窗宽窗位</translation>
    </message>
    <message>
      <source>Window by dragging; leaves the brush</source>
      <translation>拖动调节窗宽窗位；退出画笔</translation>
    </message>
    <message>
      <source>Window from the values of this slice</source>
      <translation>按本层数值设定窗宽窗位</translation>
    </message>
    <message>
      <source>Window level</source>
      <translation>窗位</translation>
    </message>
    <message>
      <source>Window maximum</source>
      <translation>窗上限</translation>
    </message>
    <message>
      <source>Window minimum</source>
      <translation>窗下限</translation>
    </message>
    <message>
      <source>Window of the values in a rectangle</source>
      <translation>按矩形内数值设定窗宽窗位</translation>
    </message>
    <message>
      <source>Window presets</source>
      <translation>窗预设</translation>
    </message>
    <message>
      <source>Window presets (keys 0 to 9)</source>
      <translation>窗预设（按键 0 到 9）</translation>
    </message>
    <message>
      <source>Window width</source>
      <translation>窗宽</translation>
    </message>
    <message>
      <source>Window: right = wider, up = brighter; Shift = finer</source>
      <translation>窗宽窗位：向右更宽，向上更亮；Shift 微调</translation>
    </message>
    <message>
      <source>With Names</source>
      <translation>含姓名</translation>
    </message>
    <message>
      <source>With nothing of the model in use; needs far more accepted slices</source>
      <translation>不使用当前模型的任何内容；需要多得多的已接受切片</translation>
    </message>
    <message>
      <source>With one patient, leaving one out in turn is impossible.</source>
      <translation>只有一名患者，无法轮流留出。</translation>
    </message>
    <message>
      <source>Words</source>
      <translation>文字</translation>
    </message>
    <message>
      <source>Words beside it</source>
      <translation>旁注文字</translation>
    </message>
    <message>
      <source>Words…</source>
      <translation>文字…</translation>
    </message>
    <message>
      <source>Work</source>
      <translation>工作</translation>
    </message>
    <message>
      <source>Work in progress</source>
      <translation>正在进行的工作</translation>
    </message>
    <message>
      <source>Working …</source>
      <translation>正在处理…</translation>
    </message>
    <message>
      <source>Writing</source>
      <translation>正在写入</translation>
    </message>
    <message>
      <source>Writing the labels</source>
      <translation>正在写入标签</translation>
    </message>
    <message>
      <source>Written</source>
      <translation>生成时间</translation>
    </message>
    <message>
      <source>Yes</source>
      <translation>是</translation>
    </message>
    <message>
      <source>Your name, kept with what you accept</source>
      <translation>您的姓名，随所接受的内容保存</translation>
    </message>
    <message>
      <source>Zoom</source>
      <translation>缩放</translation>
    </message>
    <message>
      <source>Zoom at the mouse</source>
      <translation>以鼠标为中心缩放</translation>
    </message>
    <message>
      <source>Zoom to a rectangle</source>
      <translation>放大到矩形</translation>
    </message>
    <message>
      <source>active</source>
      <translation>当前</translation>
    </message>
    <message>
      <source>after this slice</source>
      <translation>本层之后</translation>
    </message>
    <message>
      <source>agreement of the two readers (Dice): {parts}</source>
      <translation>两位阅片者的一致性（Dice）：{parts}</translation>
    </message>
    <message>
      <source>all but this slice</source>
      <translation>除本层外</translation>
    </message>
    <message>
      <source>all changes saved</source>
      <translation>所有更改已保存</translation>
    </message>
    <message>
      <source>all directions</source>
      <translation>所有方向</translation>
    </message>
    <message>
      <source>all labels</source>
      <translation>全部标签</translation>
    </message>
    <message>
      <source>all slices</source>
      <translation>所有层</translation>
    </message>
    <message>
      <source>angle</source>
      <translation>角度</translation>
    </message>
    <message>
      <source>archived</source>
      <translation>已归档</translation>
    </message>
    <message>
      <source>area</source>
      <translation>面积</translation>
    </message>
    <message>
      <source>as it is</source>
      <translation>原样</translation>
    </message>
    <message>
      <source>as the model left it</source>
      <translation>保持模型结果</translation>
    </message>
    <message>
      <source>axial</source>
      <translation>轴位</translation>
    </message>
    <message>
      <source>before this slice</source>
      <translation>本层之前</translation>
    </message>
    <message>
      <source>better</source>
      <translation>更好</translation>
    </message>
    <message>
      <source>bottleneck</source>
      <translation>瓶颈层</translation>
    </message>
    <message>
      <source>by the time above</source>
      <translation>按上述时间</translation>
    </message>
    <message>
      <source>cancelled</source>
      <translation>已取消</translation>
    </message>
    <message>
      <source>candidate</source>
      <translation>候选</translation>
    </message>
    <message>
      <source>case {number}</source>
      <translation>病例 {number}</translation>
    </message>
    <message>
      <source>cases, the oldest first</source>
      <translation>病例，最早的在前</translation>
    </message>
    <message>
      <source>cividis</source>
      <translation>cividis</translation>
    </message>
    <message>
      <source>close</source>
      <translation>闭运算</translation>
    </message>
    <message>
      <source>coarse: this machine has no OpenGL</source>
      <translation>低精度：本机没有 OpenGL</translation>
    </message>
    <message>
      <source>columns</source>
      <translation>列</translation>
    </message>
    <message>
      <source>comparing both models …</source>
      <translation>正在比较两个模型…</translation>
    </message>
    <message>
      <source>component</source>
      <translation>结构</translation>
    </message>
    <message>
      <source>coronal</source>
      <translation>冠状位</translation>
    </message>
    <message>
      <source>counting</source>
      <translation>正在计数</translation>
    </message>
    <message>
      <source>damaged: its pixels or labels cannot be read</source>
      <translation>已损坏：无法读取其像素或标签</translation>
    </message>
    <message>
      <source>decoder 1</source>
      <translation>解码器 1</translation>
    </message>
    <message>
      <source>decoder 2</source>
      <translation>解码器 2</translation>
    </message>
    <message>
      <source>default</source>
      <translation>默认</translation>
    </message>
    <message>
      <source>deform</source>
      <translation>变形</translation>
    </message>
    <message>
      <source>disc</source>
      <translation>圆盘</translation>
    </message>
    <message>
      <source>done</source>
      <translation>已完成</translation>
    </message>
    <message>
      <source>doubt</source>
      <translation>疑虑</translation>
    </message>
    <message>
      <source>doubt not calibrated</source>
      <translation>不确定性未校准</translation>
    </message>
    <message>
      <source>doubt of the model</source>
      <translation>模型的不确定性</translation>
    </message>
    <message>
      <source>doubt {doubt:.2f}, otherwise before {disagreement:.2f}, unlike its neighbours {inconsistency:.2f}, rare {rarity:.2f}</source>
      <translation>不确定度 {doubt:.2f}，与上一版本分歧 {disagreement:.2f}，与相邻层面不符 {inconsistency:.2f}，少见 {rarity:.2f}</translation>
    </message>
    <message>
      <source>drag: turn   middle drag: pan   wheel: zoom   Home: from the front</source>
      <translation>拖动：旋转   中键拖动：平移   滚轮：缩放   Home：正面</translation>
    </message>
    <message>
      <source>drawn</source>
      <translation>所画区域</translation>
    </message>
    <message>
      <source>edges</source>
      <translation>边缘</translation>
    </message>
    <message>
      <source>erase</source>
      <translation>擦除</translation>
    </message>
    <message>
      <source>excluded</source>
      <translation>已排除</translation>
    </message>
    <message>
      <source>failed</source>
      <translation>失败</translation>
    </message>
    <message>
      <source>fastest here: {name}, {ms} ms per slice</source>
      <translation>本机最快：{name}，每层 {ms} 毫秒</translation>
    </message>
    <message>
      <source>file {number}</source>
      <translation>文件 {number}</translation>
    </message>
    <message>
      <source>fill</source>
      <translation>填充</translation>
    </message>
    <message>
      <source>flagged</source>
      <translation>存疑</translation>
    </message>
    <message>
      <source>frame {0} of {1}</source>
      <translation>第 {0} 帧，共 {1} 帧</translation>
    </message>
    <message>
      <source>from a file</source>
      <translation>来自文件</translation>
    </message>
    <message>
      <source>from scratch</source>
      <translation>从零勾画</translation>
    </message>
    <message>
      <source>fused with {name}</source>
      <translation>与 {name} 融合</translation>
    </message>
    <message>
      <source>fused {value:.4g}</source>
      <translation>融合值 {value:.4g}</translation>
    </message>
    <message>
      <source>gantry tilt {degrees:.1f}°: this plane is as acquired</source>
      <translation>机架倾斜 {degrees:.1f}°：此平面为原始采集平面</translation>
    </message>
    <message>
      <source>gaussian</source>
      <translation>高斯</translation>
    </message>
    <message>
      <source>generated phantoms (old skill)</source>
      <translation>生成的体模（原有能力）</translation>
    </message>
    <message>
      <source>give away</source>
      <translation>让出</translation>
    </message>
    <message>
      <source>give it the active label</source>
      <translation>赋予当前标签</translation>
    </message>
    <message>
      <source>grey</source>
      <translation>灰度</translation>
    </message>
    <message>
      <source>growing</source>
      <translation>正在生长</translation>
    </message>
    <message>
      <source>heat map not reliable</source>
      <translation>热力图不可靠</translation>
    </message>
    <message>
      <source>heat map: {label}</source>
      <translation>热力图：{label}</translation>
    </message>
    <message>
      <source>held-out</source>
      <translation>留出</translation>
    </message>
    <message>
      <source>held-out cases</source>
      <translation>留作验证的病例</translation>
    </message>
    <message>
      <source>higher numbers</source>
      <translation>层号增大</translation>
    </message>
    <message>
      <source>hot iron</source>
      <translation>热铁</translation>
    </message>
    <message>
      <source>in each slice</source>
      <translation>逐层</translation>
    </message>
    <message>
      <source>in progress</source>
      <translation>进行中</translation>
    </message>
    <message>
      <source>in the volume</source>
      <translation>整个容积</translation>
    </message>
    <message>
      <source>in use</source>
      <translation>正在使用</translation>
    </message>
    <message>
      <source>inferno</source>
      <translation>inferno</translation>
    </message>
    <message>
      <source>inside</source>
      <translation>内部</translation>
    </message>
    <message>
      <source>joint</source>
      <translation>联合</translation>
    </message>
    <message>
      <source>keep apart</source>
      <translation>分开</translation>
    </message>
    <message>
      <source>keep inside</source>
      <translation>留在内部</translation>
    </message>
    <message>
      <source>keep largest</source>
      <translation>保留最大块</translation>
    </message>
    <message>
      <source>keep only it</source>
      <translation>仅保留它</translation>
    </message>
    <message>
      <source>label {number}</source>
      <translation>标签 {number}</translation>
    </message>
    <message>
      <source>left out</source>
      <translation>已排除</translation>
    </message>
    <message>
      <source>left out: {why}</source>
      <translation>已排除：{why}</translation>
    </message>
    <message>
      <source>left-out patients</source>
      <translation>轮流留出的患者</translation>
    </message>
    <message>
      <source>length</source>
      <translation>长度</translation>
    </message>
    <message>
      <source>loss</source>
      <translation>损失</translation>
    </message>
    <message>
      <source>loss {value:.3f}</source>
      <translation>损失 {value:.3f}</translation>
    </message>
    <message>
      <source>lower numbers</source>
      <translation>层号减小</translation>
    </message>
    <message>
      <source>making the surfaces …</source>
      <translation>正在生成表面…</translation>
    </message>
    <message>
      <source>maximum</source>
      <translation>最大值</translation>
    </message>
    <message>
      <source>mean</source>
      <translation>平均值</translation>
    </message>
    <message>
      <source>median</source>
      <translation>中值</translation>
    </message>
    <message>
      <source>medview made a mistake ({kind}: {error}). Your work is kept; the log file has the details.</source>
      <translation>medview 出错（{kind}：{error}）。您的工作已保留；详情见日志文件。</translation>
    </message>
    <message>
      <source>minimum</source>
      <translation>最小值</translation>
    </message>
    <message>
      <source>minutes of editing</source>
      <translation>编辑分钟数</translation>
    </message>
    <message>
      <source>minutes per case</source>
      <translation>每病例分钟数</translation>
    </message>
    <message>
      <source>ml</source>
      <translation>ml</translation>
    </message>
    <message>
      <source>mm</source>
      <translation>mm</translation>
    </message>
    <message>
      <source>mm³</source>
      <translation>mm³</translation>
    </message>
    <message>
      <source>model</source>
      <translation>模型</translation>
    </message>
    <message>
      <source>most</source>
      <translation>最多</translation>
    </message>
    <message>
      <source>new finding, then Enter</source>
      <translation>输入新发现，按回车</translation>
    </message>
    <message>
      <source>nnU-Net Dataset</source>
      <translation>nnU-Net 数据集</translation>
    </message>
    <message>
      <source>nnU-Net Dataset…</source>
      <translation>nnU-Net 数据集…</translation>
    </message>
    <message>
      <source>nnU-Net dataset</source>
      <translation>nnU-Net 数据集</translation>
    </message>
    <message>
      <source>no SUV: {no_suv}</source>
      <translation>无 SUV：{no_suv}</translation>
    </message>
    <message>
      <source>no code</source>
      <translation>无编码</translation>
    </message>
    <message>
      <source>no description</source>
      <translation>无描述</translation>
    </message>
    <message>
      <source>no labels</source>
      <translation>无标签</translation>
    </message>
    <message>
      <source>no model</source>
      <translation>无模型</translation>
    </message>
    <message>
      <source>no name</source>
      <translation>无姓名</translation>
    </message>
    <message>
      <source>no reason given</source>
      <translation>未说明原因</translation>
    </message>
    <message>
      <source>no scale: distances unknown</source>
      <translation>无比例：距离未知</translation>
    </message>
    <message>
      <source>no side</source>
      <translation>不分侧</translation>
    </message>
    <message>
      <source>non local means</source>
      <translation>非局部均值</translation>
    </message>
    <message>
      <source>non-local means</source>
      <translation>非局部均值</translation>
    </message>
    <message>
      <source>none</source>
      <translation>无</translation>
    </message>
    <message>
      <source>none on this slice</source>
      <translation>此层面没有</translation>
    </message>
    <message>
      <source>not axial</source>
      <translation>非轴位</translation>
    </message>
    <message>
      <source>not run yet</source>
      <translation>尚未运行</translation>
    </message>
    <message>
      <source>not scored yet</source>
      <translation>尚未评分</translation>
    </message>
    <message>
      <source>not started</source>
      <translation>未开始</translation>
    </message>
    <message>
      <source>nothing drawn</source>
      <translation>尚未绘制</translation>
    </message>
    <message>
      <source>numbers</source>
      <translation>数值</translation>
    </message>
    <message>
      <source>oblique</source>
      <translation>斜位</translation>
    </message>
    <message>
      <source>of {count}</source>
      <translation>共 {count}</translation>
    </message>
    <message>
      <source>old skill: Dice {value:+.3f} (allowed {allowed:+.3f})</source>
      <translation>原有能力：Dice {value:+.3f}（允许 {allowed:+.3f}）</translation>
    </message>
    <message>
      <source>open</source>
      <translation>开运算</translation>
    </message>
    <message>
      <source>outside</source>
      <translation>外部</translation>
    </message>
    <message>
      <source>part {part} of {parts}</source>
      <translation>第 {part} 部分，共 {parts} 部分</translation>
    </message>
    <message>
      <source>patient (name hidden)</source>
      <translation>患者（姓名已隐藏）</translation>
    </message>
    <message>
      <source>patient {patient}, {split}; labels: {labels}</source>
      <translation>患者 {patient}，{split}；标签：{labels}</translation>
    </message>
    <message>
      <source>pictures</source>
      <translation>图片</translation>
    </message>
    <message>
      <source>playing {rate:.3g} slices a second, backward</source>
      <translation>反向播放，每秒 {rate:.3g} 层</translation>
    </message>
    <message>
      <source>playing {rate:.3g} slices a second, forward</source>
      <translation>正向播放，每秒 {rate:.3g} 层</translation>
    </message>
    <message>
      <source>press keys …</source>
      <translation>请按键…</translation>
    </message>
    <message>
      <source>ran on {device}</source>
      <translation>运行于 {device}</translation>
    </message>
    <message>
      <source>read by {readers}, {day}</source>
      <translation>阅片者 {readers}，{day}</translation>
    </message>
    <message>
      <source>reading this slice …</source>
      <translation>正在读取此层…</translation>
    </message>
    <message>
      <source>remove it</source>
      <translation>删除它</translation>
    </message>
    <message>
      <source>remove small</source>
      <translation>去除小块</translation>
    </message>
    <message>
      <source>resampled</source>
      <translation>已重采样</translation>
    </message>
    <message>
      <source>row {row:.0f}  column {column:.0f}</source>
      <translation>行 {row:.0f}  列 {column:.0f}</translation>
    </message>
    <message>
      <source>rows</source>
      <translation>行</translation>
    </message>
    <message>
      <source>running</source>
      <translation>正在运行</translation>
    </message>
    <message>
      <source>sagittal</source>
      <translation>矢状位</translation>
    </message>
    <message>
      <source>same</source>
      <translation>相同</translation>
    </message>
    <message>
      <source>saving …</source>
      <translation>正在保存…</translation>
    </message>
    <message>
      <source>score {n:.2f}</source>
      <translation>评分 {n:.2f}</translation>
    </message>
    <message>
      <source>series {number}</source>
      <translation>序列 {number}</translation>
    </message>
    <message>
      <source>shift</source>
      <translation>平移</translation>
    </message>
    <message>
      <source>shows what the model used, not the disease</source>
      <translation>显示模型的依据，而不是病变</translation>
    </message>
    <message>
      <source>shows where the model is unsure, not where it is wrong</source>
      <translation>显示模型不确定之处，而非错误之处</translation>
    </message>
    <message>
      <source>slice</source>
      <translation>层</translation>
    </message>
    <message>
      <source>slice {number}</source>
      <translation>第 {number} 层</translation>
    </message>
    <message>
      <source>slice {number} / {count}</source>
      <translation>层 {number} / {count}</translation>
    </message>
    <message>
      <source>slice {number}: {strategy}</source>
      <translation>第 {number} 层：{strategy}</translation>
    </message>
    <message>
      <source>slices</source>
      <translation>层</translation>
    </message>
    <message>
      <source>slices edited by hand</source>
      <translation>手工编辑的层</translation>
    </message>
    <message>
      <source>slices with the label</source>
      <translation>有标签的层</translation>
    </message>
    <message>
      <source>some millimetres</source>
      <translation>若干毫米</translation>
    </message>
    <message>
      <source>sphere</source>
      <translation>球体</translation>
    </message>
    <message>
      <source>stay</source>
      <translation>不动</translation>
    </message>
    <message>
      <source>step {step} of {steps}</source>
      <translation>第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
      <source>study</source>
      <translation>检查</translation>
    </message>
    <message>
      <source>take over</source>
      <translation>取得</translation>
    </message>
    <message>
      <source>the model in use</source>
      <translation>使用中的模型</translation>
    </message>
    <message>
      <source>the model was made from this patient, so it proves nothing</source>
      <translation>模型曾用此患者训练，因此不能作为证明</translation>
    </message>
    <message>
      <source>the slice shown</source>
      <translation>所显示的层</translation>
    </message>
    <message>
      <source>the view</source>
      <translation>当前视图</translation>
    </message>
    <message>
      <source>this case</source>
      <translation>此病例</translation>
    </message>
    <message>
      <source>this label</source>
      <translation>此标签</translation>
    </message>
    <message>
      <source>this slice</source>
      <translation>本层</translation>
    </message>
    <message>
      <source>train</source>
      <translation>训练</translation>
    </message>
    <message>
      <source>two readers</source>
      <translation>两位阅片者</translation>
    </message>
    <message>
      <source>under the mouse</source>
      <translation>鼠标处</translation>
    </message>
    <message>
      <source>untitled</source>
      <translation>未命名</translation>
    </message>
    <message>
      <source>value</source>
      <translation>值</translation>
    </message>
    <message>
      <source>version {number}</source>
      <translation>版本 {number}</translation>
    </message>
    <message>
      <source>viridis</source>
      <translation>viridis</translation>
    </message>
    <message>
      <source>volume</source>
      <translation>容积</translation>
    </message>
    <message>
      <source>voxels</source>
      <translation>体素</translation>
    </message>
    <message>
      <source>waiting</source>
      <translation>等待中</translation>
    </message>
    <message>
      <source>window</source>
      <translation>当前窗</translation>
    </message>
    <message>
      <source>worse</source>
      <translation>更差</translation>
    </message>
    <message>
      <source>you said no</source>
      <translation>您回答：否</translation>
    </message>
    <message>
      <source>you said yes</source>
      <translation>您回答：是</translation>
    </message>
    <message>
      <source>zoom {percent:.0f} %</source>
      <translation>缩放 {percent:.0f} %</translation>
    </message>
    <message>
      <source>{0} files</source>
      <translation>{0} 个文件</translation>
    </message>
    <message>
      <source>{accepted} of {slices} slices accepted</source>
      <translation>已接受 {accepted} 层，共 {slices} 层</translation>
    </message>
    <message>
      <source>{accepted} of {slices} slices accepted, this one is</source>
      <translation>已接受 {accepted} 层，共 {slices} 层，本层已接受</translation>
    </message>
    <message>
      <source>{button}, without a tool</source>
      <translation>{button}（无工具时）</translation>
    </message>
    <message>
      <source>{candidate} against {base}</source>
      <translation>{candidate} 对比 {base}</translation>
    </message>
    <message>
      <source>{candidate} is kept under Model &gt; Models.</source>
      <translation>{candidate} 已保留在“模型 &gt; 模型”中。</translation>
    </message>
    <message>
      <source>{candidate} is now the active model. Model &gt; Roll Back returns.</source>
      <translation>{candidate} 现为当前模型。可用“模型 &gt; 回退”返回。</translation>
    </message>
    <message>
      <source>{candidate} was discarded.</source>
      <translation>{candidate} 已丢弃。</translation>
    </message>
    <message>
      <source>{candidate}, a new model</source>
      <translation>{candidate}，新模型</translation>
    </message>
    <message>
      <source>{cases} with {slices} accepted.</source>
      <translation>已接受 {cases}，共 {slices}。</translation>
    </message>
    <message>
      <source>{cases} written to {folder} and read back.</source>
      <translation>{cases} 已写入 {folder} 并回读核对。</translation>
    </message>
    <message>
      <source>{case} (seen in training, not counted)</source>
      <translation>{case}（训练时已见过，不计入）</translation>
    </message>
    <message>
      <source>{count} case</source>
      <translation>{count} 个病例</translation>
    </message>
    <message>
      <source>{count} case was left out</source>
      <translation>{count} 个病例被排除</translation>
    </message>
    <message>
      <source>{count} cases</source>
      <translation>{count} 个病例</translation>
    </message>
    <message>
      <source>{count} cases left out</source>
      <translation>{count} 个病例被排除</translation>
    </message>
    <message>
      <source>{count} file skipped.</source>
      <translation>已跳过 {count} 个文件。</translation>
    </message>
    <message>
      <source>{count} files skipped.</source>
      <translation>已跳过 {count} 个文件。</translation>
    </message>
    <message>
      <source>{count} files skipped: show why</source>
      <translation>已跳过 {count} 个文件：查看原因</translation>
    </message>
    <message>
      <source>{count} gesture</source>
      <translation>{count} 次操作</translation>
    </message>
    <message>
      <source>{count} gestures</source>
      <translation>{count} 次操作</translation>
    </message>
    <message>
      <source>{count} held-out case</source>
      <translation>{count} 个留出病例</translation>
    </message>
    <message>
      <source>{count} held-out cases</source>
      <translation>{count} 个留出病例</translation>
    </message>
    <message>
      <source>{count} label objects</source>
      <translation>{count} 个标签对象</translation>
    </message>
    <message>
      <source>{count} page</source>
      <translation>{count} 页</translation>
    </message>
    <message>
      <source>{count} pages</source>
      <translation>{count} 页</translation>
    </message>
    <message>
      <source>{count} path</source>
      <translation>{count} 个路径</translation>
    </message>
    <message>
      <source>{count} paths</source>
      <translation>{count} 个路径</translation>
    </message>
    <message>
      <source>{count} patient</source>
      <translation>{count} 名患者</translation>
    </message>
    <message>
      <source>{count} patients</source>
      <translation>{count} 名患者</translation>
    </message>
    <message>
      <source>{count} pixels wrong</source>
      <translation>{count} 个像素错误</translation>
    </message>
    <message>
      <source>{count} segmentation or structure set</source>
      <translation>{count} 个分割或结构集</translation>
    </message>
    <message>
      <source>{count} slice</source>
      <translation>{count} 层</translation>
    </message>
    <message>
      <source>{count} slice chosen</source>
      <translation>已选 {count} 个层面</translation>
    </message>
    <message>
      <source>{count} slice could not be read and stayed as before.</source>
      <translation>有 {count} 层无法读取，保持原样。</translation>
    </message>
    <message>
      <source>{count} slices</source>
      <translation>{count} 层</translation>
    </message>
    <message>
      <source>{count} slices chosen</source>
      <translation>已选 {count} 个层面</translation>
    </message>
    <message>
      <source>{count} slices could not be read and stayed as before.</source>
      <translation>有 {count} 层无法读取，保持原样。</translation>
    </message>
    <message>
      <source>{count} voxel changed since {model}</source>
      <translation>自 {model} 以来改动了 {count} 个体素</translation>
    </message>
    <message>
      <source>{count} voxel differs</source>
      <translation>{count} 个体素不同</translation>
    </message>
    <message>
      <source>{count} voxel had another label here and kept it.</source>
      <translation>{count} 个体素在此已有其他标签，予以保留。</translation>
    </message>
    <message>
      <source>{count} voxels changed since {model}</source>
      <translation>自 {model} 以来改动了 {count} 个体素</translation>
    </message>
    <message>
      <source>{count} voxels differ</source>
      <translation>{count} 个体素不同</translation>
    </message>
    <message>
      <source>{count} voxels had another label here and kept it.</source>
      <translation>{count} 个体素在此已有其他标签，予以保留。</translation>
    </message>
    <message>
      <source>{device}, kept from before</source>
      <translation>{device}，沿用先前的结果</translation>
    </message>
    <message>
      <source>{device}, {time}, {ms} ms per slice</source>
      <translation>{device}，{time}，每层 {ms} 毫秒</translation>
    </message>
    <message>
      <source>{file}   frame {number}</source>
      <translation>{file}   第 {number} 帧</translation>
    </message>
    <message>
      <source>{filter} filter {reach_mm:g} mm, display only</source>
      <translation>{filter}滤波 {reach_mm:g} mm，仅显示</translation>
    </message>
    <message>
      <source>{hours} h</source>
      <translation>{hours} 小时</translation>
    </message>
    <message>
      <source>{hours} h {minutes} min</source>
      <translation>{hours} 小时 {minutes} 分</translation>
    </message>
    <message>
      <source>{key} is the key of {name}. Press it again to take it.</source>
      <translation>{key} 已用于“{name}”。再按一次即改用于此操作。</translation>
    </message>
    <message>
      <source>{lost} could not be read and cannot be accepted.</source>
      <translation>{lost}无法读取，不能接受。</translation>
    </message>
    <message>
      <source>{minutes} min</source>
      <translation>{minutes} 分</translation>
    </message>
    <message>
      <source>{minutes} min {seconds} s</source>
      <translation>{minutes} 分 {seconds} 秒</translation>
    </message>
    <message>
      <source>{model} is the active model again.</source>
      <translation>{model} 重新成为当前模型。</translation>
    </message>
    <message>
      <source>{model}: {minutes:.1f} minutes and {gestures:.0f} gestures per case, {cases}</source>
      <translation>{model}：每病例 {minutes:.1f} 分钟、{gestures:.0f} 次操作，{cases}</translation>
    </message>
    <message>
      <source>{names} and {more} more</source>
      <translation>{names} 等，另有 {more} 个</translation>
    </message>
    <message>
      <source>{name} (failed)</source>
      <translation>{name}（失败）</translation>
    </message>
    <message>
      <source>{name} ({ms} ms)</source>
      <translation>{name}（{ms} 毫秒）</translation>
    </message>
    <message>
      <source>{name} ({ms} ms, differs)</source>
      <translation>{name}（{ms} 毫秒，结果不一致）</translation>
    </message>
    <message>
      <source>{name} - medview</source>
      <translation>{name} - medview</translation>
    </message>
    <message>
      <source>{name} is not linked: it does not share a frame of reference with the open series.</source>
      <translation>{name} 未联动：与已打开的序列没有共同的参考坐标系。</translation>
    </message>
    <message>
      <source>{name} was learned from {yes} slices with it and {no} without.</source>
      <translation>已从 {yes} 个有此发现和 {no} 个无此发现的层面学习“{name}”。</translation>
    </message>
    <message>
      <source>{name}, resampled to this grid</source>
      <translation>{name}，已重采样到此网格</translation>
    </message>
    <message>
      <source>{name}: all</source>
      <translation>{name}：全部</translation>
    </message>
    <message>
      <source>{name}: nothing would change.</source>
      <translation>{name}：不会有任何变化。</translation>
    </message>
    <message>
      <source>{name}: the labels changed meanwhile; try again.</source>
      <translation>{name}：标签在此期间已改变；请重试。</translation>
    </message>
    <message>
      <source>{name}: {count} voxels. Enter keeps it, Esc drops it.</source>
      <translation>{name}：{count} 个体素。Enter 保留，Esc 放弃。</translation>
    </message>
    <message>
      <source>{name}: {mean:.0f} pixels corrected per second</source>
      <translation>{name}：每秒修正 {mean:.0f} 个像素</translation>
    </message>
    <message>
      <source>{name}; Undo brings it back.</source>
      <translation>{name}；可撤销恢复。</translation>
    </message>
    <message>
      <source>{not_measurable}: no volumes in ml</source>
      <translation>{not_measurable}：没有毫升体积</translation>
    </message>
    <message>
      <source>{number} of {count}: {name}   {size}</source>
      <translation>{number} / {count}：{name}   {size}</translation>
    </message>
    <message>
      <source>{objects} of this series found: choose in the series list what to lay over it.</source>
      <translation>找到此序列的 {objects}：请在序列列表中选择要叠加的对象。</translation>
    </message>
    <message>
      <source>{others} more</source>
      <translation>另外 {others} 个</translation>
    </message>
    <message>
      <source>{path} written.</source>
      <translation>已写入 {path}。</translation>
    </message>
    <message>
      <source>{patients} held out were used to make the model and are not counted.</source>
      <translation>{patients} 留出患者曾用于训练该模型，不计入。</translation>
    </message>
    <message>
      <source>{patients} patients: too few for an interval ({fewest} needed)</source>
      <translation>{patients} 名患者：不足以给出置信区间（需要 {fewest} 名）</translation>
    </message>
    <message>
      <source>{phase}   ({number} of {count})</source>
      <translation>{phase}   （{number} / {count}）</translation>
    </message>
    <message>
      <source>{plane} view</source>
      <translation>{plane}视图</translation>
    </message>
    <message>
      <source>{projection} of {thickness_mm:g} mm</source>
      <translation>{projection}，厚 {thickness_mm:g} mm</translation>
    </message>
    <message>
      <source>{rows:.2f} × {columns:.2f} mm in the plane</source>
      <translation>平面内 {rows:.2f} × {columns:.2f} mm</translation>
    </message>
    <message>
      <source>{seconds} s</source>
      <translation>{seconds} 秒</translation>
    </message>
    <message>
      <source>{thickness:g} mm thick</source>
      <translation>层厚 {thickness:g} mm</translation>
    </message>
    <message>
      <source>{time} left</source>
      <translation>剩余 {time}</translation>
    </message>
    <message>
      <source>{title} section</source>
      <translation>{title}栏</translation>
    </message>
    <message>
      <source>{train} train ({train_patients}), {held_out} are held out ({held_out_patients}), {left_out} left out.</source>
      <translation>{train} 用于训练（{train_patients}），{held_out} 留作验证（{held_out_patients}），{left_out} 个被排除。</translation>
    </message>
    <message>
      <source>{what} belongs to the series {series}, which is not here. Open that series, and the labels come with it.</source>
      <translation>{what} 属于序列 {series}，该序列不在此处。打开该序列后标签会随之出现。</translation>
    </message>
    <message>
      <source>{what} written to {target} and read back without a difference.</source>
      <translation>{what}已写入 {target}，回读核对无差异。</translation>
    </message>
    <message>
      <source>{what}: open the image first, then the labels over it.</source>
      <translation>{what}：请先打开图像，再叠加标签。</translation>
    </message>
    <message>
      <source>{where}: Dice {value:+.3f} (wanted {wanted:+.3f} or more),</source>
      <translation>{where}：Dice {value:+.3f}（要求不低于 {wanted:+.3f}），</translation>
    </message>
    <message>
      <source>{yes} yes, {no} no in {cases} cases</source>
      <translation>{cases} 例中：{yes} 是，{no} 否</translation>
    </message>
    <message>
      <source>⚠ Unlike the training cases; check the mask with care.</source>
      <translation>⚠ 与训练病例不同；请仔细检查掩膜。</translation>
    </message>
  </context>
</TS>
