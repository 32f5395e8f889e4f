import { render } from "preact";
import "./style/tokens.css";
import "./style/sheet.css";
import "./style/marks.css";
import "./style/shell.css";
import { askMeta, watchData } from "./api/meta";
import { listen } from "./shell/keys";
import { Page } from "./shell/Page";
import { listenToPrint } from "./shell/print";
import { FILES } from "./state/url";

const at = document.getElementById("page");
if (at) {
  askMeta();
  listen();
  listenToPrint();
  render(<Page />, at);
  if (!FILES) watchData();
}
