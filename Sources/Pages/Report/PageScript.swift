/// Script of the HTML report: sorting, filtering and the evidence of findings, with rows made only
/// where they are visible, and data parsed only when it is needed. All texts become text nodes,
/// never markup.
enum PageScript {
  static let text = #"""
    "use strict";
    (() => {
      const byId = (id) => document.getElementById(id);
      const parse = (id) => JSON.parse(byId(id).textContent);
      const strings = parse("strings"), blockSize = 2000, height = 30;
      // FindingRows writes the columns; a path stands between the first two.
      const names = ["confidence", "path", "product", "version", "component", "endpoint", "state", "size", "modified"];
      const PATH = 1, SIZE = 7, MODIFIED = 8;
      const columns = names.map(() => []);
      for (let block = 0; block < strings.blocks; block++) {
        parse("c" + block).forEach((part, index) => {
          const column = columns[index === 0 ? 0 : index + 1];
          for (const cell of part) column.push(cell);
        });
      }
      const total = columns[0].length;
      // Blocks of paths, hashes and evidence are read when something of them is needed.
      const blocks = (read) => {
        const known = [];
        return (index) => {
          const block = Math.floor(index / blockSize);
          if (known[block] === undefined) known[block] = read(block);
          return known[block];
        };
      };
      const pathBlock = blocks((block) => parse("p" + block));
      const lowerBlock = blocks((block) => pathBlock(block * blockSize).map((path) => path.toLowerCase()));
      const hashBlock = blocks((block) => byId("h" + block).textContent);
      const evidenceBlock = blocks((block) => parse("e" + block));
      const path = (index) => pathBlock(index)[index % blockSize];
      const hashWidths = [33, 41, 65], hashesWidth = 139;
      const hashes = (index) => hashBlock(index).substr(index % blockSize * hashesWidth, hashesWidth);
      const text = (index, column) => {
        const value = column === PATH ? path(index) : columns[column][index];
        switch (column) {
          case 0: return strings.confidence[value];
          case PATH: return value;
          case SIZE: return value.toLocaleString("en");
          case MODIFIED: return value === null ? "" : new Date(value * 1000).toISOString().slice(0, 10);
          default: return strings.texts[value];
        }
      };

      const view = byId("view"), body = byId("rows"), panel = byId("evidence"), search = byId("search");
      let shown = [], selected = -1, sort = { column: 0, down: true };

      // For each column, the place of each finding in its order, made when first sorted by it.
      const ranks = [];
      const rank = (column) => {
        if (ranks[column]) return ranks[column];
        const isNumber = column === 0 || column === SIZE || column === MODIFIED;
        const key = isNumber ? (index) => columns[column][index] ?? -Infinity : (index) => text(index, column);
        const keys = Array.from({ length: total }, (_, index) => key(index));
        const order = Array.from(new Set(keys)).sort((a, b) => a < b ? -1 : 1);
        const places = new Map(order.map((key, place) => [key, place]));
        ranks[column] = Float64Array.from(keys, (key) => places.get(key));
        return ranks[column];
      };
      const sorted = (indexes) => {
        const places = rank(sort.column), sign = sort.down ? total - 1 : 0;
        const keys = Float64Array.from(indexes, (index) => Math.abs(sign - places[index]) * total + index);
        return keys.sort().map((key) => key % total);
      };

      const filters = [["f-confidence", 0], ["f-product", 2], ["f-component", 4], ["f-endpoint", 5]];
      for (const [id, column] of filters) {
        const name = (number) => (column === 0 ? strings.confidence : strings.texts)[number];
        const numbers = Array.from(new Set(columns[column])).sort((a, b) => name(a) < name(b) ? -1 : 1);
        for (const number of numbers.slice(0, 2000)) {
          const option = document.createElement("option");
          option.value = String(number);
          option.textContent = name(number) || "(none)";
          byId(id).appendChild(option);
        }
      }
      const finder = (word) => {
        const has = (text) => text.toLowerCase().includes(word);
        const inTexts = strings.texts.map(has), inConfidence = strings.confidence.map(has);
        const isHash = /^[0-9a-f]{4,64}$/.test(word);
        return (index) => lowerBlock(index)[index % blockSize].includes(word)
          || inConfidence[columns[0][index]] || [2, 3, 4, 5, 6].some((column) => inTexts[columns[column][index]])
          || isHash && hashes(index).includes(word);
      };
      const apply = () => {
        const tests = search.value.toLowerCase().split(/\s+/).filter(Boolean).map(finder);
        for (const [id, column] of filters) {
          const value = byId(id).value;
          if (value !== "*") tests.unshift((index) => columns[column][index] === Number(value));
        }
        const found = [];
        for (let index = 0; index < total; index++) {
          if (tests.every((test) => test(index))) found.push(index);
        }
        shown = sorted(found);
        selected = shown.length ? 0 : -1;
        view.scrollTop = 0;
        byId("count").textContent = shown.length + " of " + total + " findings";
        view.setAttribute("aria-rowcount", String(shown.length + 1));
        byId("space").style.height = shown.length * height + "px";
        draw();
      };

      // A folder that is too long is cut off, a file name is not.
      const addPath = (cell, path) => {
        const end = path.lastIndexOf("/") + 1;
        for (const [name, part] of [["folder", path.slice(0, end)], ["name", path.slice(end)]]) {
          const span = document.createElement("span");
          span.className = name;
          span.textContent = part;
          cell.appendChild(span);
        }
      };
      const line = (place) => {
        const index = shown[place], line = document.createElement("div");
        line.setAttribute("role", "row");
        line.setAttribute("aria-rowindex", String(place + 2));
        line.setAttribute("aria-selected", String(place === selected));
        line.id = "row-" + place;
        line.className = "r " + text(index, 0) + (place === selected ? " selected" : "");
        line.style.top = place * height + "px";
        names.forEach((name, column) => {
          const cell = document.createElement("div");
          cell.setAttribute("role", "gridcell");
          cell.className = "c " + name;
          cell.title = text(index, column);
          if (column === PATH) addPath(cell, cell.title);
          else cell.textContent = cell.title;
          line.appendChild(cell);
        });
        line.addEventListener("click", () => { select(place); open(); });
        return line;
      };
      const draw = () => {
        const first = Math.max(0, Math.floor(view.scrollTop / height) - 10);
        const last = Math.min(shown.length, first + Math.ceil(view.clientHeight / height) + 20);
        const part = document.createDocumentFragment();
        for (let place = first; place < last; place++) part.appendChild(line(place));
        body.replaceChildren(part);
        if (selected >= 0) view.setAttribute("aria-activedescendant", "row-" + selected);
        else view.removeAttribute("aria-activedescendant");
      };
      const select = (place) => {
        selected = Math.max(0, Math.min(shown.length - 1, place));
        const top = selected * height, bottom = byId("head").offsetHeight + top + height - view.clientHeight;
        view.scrollTop = Math.max(bottom, Math.min(top, view.scrollTop));
        draw();
      };

      const evidenceOf = (index) => {
        const [texts, findings] = evidenceBlock(index);
        const read = (numbers) => numbers.map((number) => texts[number]);
        const finding = findings[index % blockSize], matches = finding[3];
        const [reasons, rules, single, , signatures, traces, contents] = finding.map(read);
        const all = hashes(index), list = [];
        const add = (name, value) => { if (value) list.push([name, value]); };
        add("File", path(index));
        add("Endpoint", text(index, 5));
        add("Confidence", text(index, 0));
        for (const reason of reasons) add("Because", reason);
        add("Product", (text(index, 2) + " " + text(index, 3)).trim());
        add("State", text(index, 6));
        const labels = ["Evidence", "Volume", "Inode", "Place", "File version", "Vendor", "Embedded",
          "Created", "Modified", "Accessed", "Changed"];
        labels.forEach((label, place) => add(label, single[place]));
        add("Size", text(index, SIZE) + " bytes");
        let start = 0;
        ["MD5", "SHA-1", "SHA-256"].forEach((label, place) => {
          add(label, all.substr(start, hashWidths[place]).trim());
          start += hashWidths[place];
        });
        if (!all.trim()) add("Hashes", "not known: part of the content could not be read");
        for (const rule of rules) add("Rule", rule);
        for (let place = 0; place < matches.length; place += 4) {
          const [name, offset, length, data] = matches.slice(place, place + 4);
          add("Match " + texts[name], "at byte " + offset + ", " + length + " bytes: " + texts[data]);
        }
        for (const signature of signatures) add("Code signature", signature);
        for (const trace of traces) add("Record", trace);
        for (const content of contents) add("Contains", content);
        return list;
      };
      const open = () => {
        if (selected < 0) return;
        const list = document.createElement("dl");
        for (const [name, value] of evidenceOf(shown[selected])) {
          const term = document.createElement("dt"), content = document.createElement("dd");
          term.textContent = name;
          content.textContent = value;
          list.append(term, content);
        }
        byId("evidence-list").replaceChildren(list);
        panel.hidden = false;
        byId("evidence-title").focus();
      };
      const close = () => {
        panel.hidden = true;
        view.focus();
      };

      view.addEventListener("scroll", () => window.requestAnimationFrame(draw));
      window.addEventListener("resize", draw);
      view.addEventListener("keydown", (event) => {
        if (event.target !== view) return;
        const page = Math.max(1, Math.floor(view.clientHeight / height) - 1);
        const moves = { ArrowDown: selected + 1, ArrowUp: selected - 1, PageDown: selected + page,
          PageUp: selected - page, Home: 0, End: shown.length - 1 };
        if (event.key in moves) select(moves[event.key]);
        else if (event.key === "Enter" || event.key === " ") open();
        else return;
        event.preventDefault();
      });
      document.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && !panel.hidden) close();
      });
      byId("close").addEventListener("click", close);
      const buttons = Array.from(document.querySelectorAll("button.sort"));
      buttons.forEach((button, column) => button.addEventListener("click", () => {
        sort = { column: column, down: sort.column === column ? !sort.down : column === 0 };
        for (const other of buttons) other.parentNode.removeAttribute("aria-sort");
        button.parentNode.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
        apply();
      }));
      let timer = 0;
      search.addEventListener("input", () => {
        window.clearTimeout(timer);
        timer = window.setTimeout(apply, 120);
      });
      for (const [id] of filters) byId(id).addEventListener("change", apply);
      window.addEventListener("beforeprint", () => {
        const most = 2000, part = document.createDocumentFragment();
        for (const index of shown.slice(0, most)) {
          const line = document.createElement("tr");
          names.forEach((name, column) => {
            const cell = line.insertCell();
            cell.className = column === PATH ? "wide" : column === SIZE ? "number" : "";
            cell.textContent = text(index, column);
          });
          part.appendChild(line);
        }
        byId("printed").replaceChildren(part);
        byId("print-note").textContent = shown.length > most
          ? "The first " + most + " of " + shown.length + " findings; filter the page to print others." : "";
      });
      byId("findings-tools").hidden = false;
      // A link may name what to search for: report.html#filter=klif.sys
      if (location.hash.startsWith("#filter=")) search.value = decodeURIComponent(location.hash.slice(8));
      apply();
      document.documentElement.dataset.ready = String(Math.round(performance.now()));
    })();
    """#
}
