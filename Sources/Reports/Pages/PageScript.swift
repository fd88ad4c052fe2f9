/// Script of the HTML report: sorting, filtering and the evidence of findings, with rows made only
/// where they are visible. All texts become text nodes, never markup.
enum PageScript {
  static let text = #"""
    "use strict";
    (function () {
      var byId = function (id) { return document.getElementById(id); };
      var parse = function (element) { return JSON.parse(element.textContent); };
      var S = parse(byId("strings"));
      var rows = [];
      document.querySelectorAll("script.rows").forEach(function (block) {
        var part = parse(block);
        for (var i = 0; i < part.length; i++) rows.push(part[i]);
      });
      var chunk = 2000, height = 30, details = {};
      var view = byId("view"), body = byId("rows"), space = byId("space"), count = byId("count");
      var panel = byId("evidence"), search = byId("search");
      var text = function (row, column) {
        switch (column) {
          case 0: return S.confidence[row[0]];
          case 1: return row[1];
          case 2: case 3: case 4: case 5: case 6: return S.texts[row[column]];
          case 7: return row[7];
          case 8: return row[8];
          default: return "";
        }
      };
      var words = rows.map(function (row) {
        return [row[1], S.texts[row[2]], S.texts[row[3]], S.texts[row[4]], S.texts[row[5]],
          S.confidence[row[0]], S.texts[row[6]], row[9]].join("\u0001").toLowerCase();
      });
      var shown = [], selected = -1, sort = { column: 0, down: true };
      var option = function (list, value) {
        var item = document.createElement("option");
        item.value = value;
        item.textContent = value === "" ? "(none)" : value;
        list.appendChild(item);
      };
      var filters = [["f-confidence", 0], ["f-product", 2], ["f-component", 4], ["f-endpoint", 5]];
      filters.forEach(function (filter) {
        var seen = new Set();
        for (var i = 0; i < rows.length; i++) seen.add(rows[i][filter[1]]);
        var names = Array.from(seen, function (index) {
          return filter[1] === 0 ? S.confidence[index] : S.texts[index];
        });
        names.sort().slice(0, 2000).forEach(function (name) { option(byId(filter[0]), name); });
      });
      var compare = function (a, b) {
        var left = text(rows[a], sort.column), right = text(rows[b], sort.column);
        if (sort.column === 0) { left = rows[a][0]; right = rows[b][0]; }
        var order = left < right ? -1 : left > right ? 1 : 0;
        return (sort.down ? -order : order) || a - b;
      };
      var apply = function () {
        var wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        var exact = filters.map(function (filter) { return byId(filter[0]).value; });
        shown = [];
        next: for (var i = 0; i < rows.length; i++) {
          for (var f = 0; f < filters.length; f++) {
            if (exact[f] !== "*" && text(rows[i], filters[f][1]) !== exact[f]) continue next;
          }
          for (var w = 0; w < wanted.length; w++) {
            if (words[i].indexOf(wanted[w]) < 0) continue next;
          }
          shown.push(i);
        }
        shown.sort(compare);
        selected = shown.length ? 0 : -1;
        view.scrollTop = 0;
        count.textContent = shown.length + " of " + rows.length + " findings";
        view.setAttribute("aria-rowcount", String(shown.length + 1));
        space.style.height = shown.length * height + "px";
        draw();
      };
      var cell = function (row, value, name) {
        var cell = document.createElement("div");
        cell.setAttribute("role", "gridcell");
        cell.className = "c " + name;
        cell.textContent = value;
        cell.title = value;
        row.appendChild(cell);
      };
      var names = ["confidence", "path", "product", "version", "component", "endpoint", "state", "size", "modified"];
      var line = function (rank) {
        var row = rows[shown[rank]];
        var line = document.createElement("div");
        line.setAttribute("role", "row");
        line.setAttribute("aria-rowindex", String(rank + 2));
        line.setAttribute("aria-selected", String(rank === selected));
        line.id = "row-" + rank;
        line.className = "r " + S.confidence[row[0]] + (rank === selected ? " selected" : "");
        line.style.top = rank * height + "px";
        for (var c = 0; c < names.length; c++) {
          cell(line, c === 7 ? row[7].toLocaleString("en") : String(text(row, c)), names[c]);
        }
        line.addEventListener("click", function () { select(rank); open(); });
        return line;
      };
      var draw = function () {
        var first = Math.max(0, Math.floor(view.scrollTop / height) - 10);
        var last = Math.min(shown.length, first + Math.ceil(view.clientHeight / height) + 20);
        var part = document.createDocumentFragment();
        for (var rank = first; rank < last; rank++) part.appendChild(line(rank));
        body.replaceChildren(part);
        if (selected >= 0) view.setAttribute("aria-activedescendant", "row-" + selected);
        else view.removeAttribute("aria-activedescendant");
      };
      var select = function (rank) {
        selected = Math.max(0, Math.min(shown.length - 1, rank));
        var top = selected * height;
        if (top < view.scrollTop) view.scrollTop = top;
        var bottom = byId("head").offsetHeight + top + height - view.clientHeight;
        if (bottom > view.scrollTop) view.scrollTop = bottom;
        draw();
      };
      var detail = function (index) {
        var number = Math.floor(index / chunk);
        if (!details[number]) details[number] = parse(byId("d" + number));
        return details[number][index % chunk];
      };
      var entry = function (list, name, value) {
        if (value === undefined || value === null || value === "") return;
        var term = document.createElement("dt"), content = document.createElement("dd");
        term.textContent = name;
        content.textContent = value;
        list.appendChild(term);
        list.appendChild(content);
      };
      var open = function () {
        if (selected < 0) return;
        var row = rows[shown[selected]], more = detail(shown[selected]);
        var list = document.createElement("dl");
        entry(list, "File", row[1]);
        entry(list, "Endpoint", S.texts[row[5]]);
        entry(list, "Confidence", S.confidence[row[0]]);
        (more.reasons || []).forEach(function (reason) { entry(list, "Because", S.texts[reason]); });
        entry(list, "Product", [S.texts[row[2]], S.texts[row[3]]].join(" ").trim());
        (more.more || []).forEach(function (pair) { entry(list, pair[0], pair[1]); });
        (more.rules || []).forEach(function (rule) { entry(list, "Rule", S.texts[rule]); });
        (more.strings || []).forEach(function (string) {
          entry(list, "Match " + string[0], "at byte " + string[1] + ", " + string[2] + " bytes: " + string[3]);
        });
        (more.signatures || []).forEach(function (signature) { entry(list, "Code signature", signature); });
        (more.traces || []).forEach(function (trace) { entry(list, "Record", trace); });
        byId("evidence-list").replaceChildren(list);
        panel.hidden = false;
        byId("evidence-title").focus();
      };
      view.addEventListener("scroll", function () { window.requestAnimationFrame(draw); });
      window.addEventListener("resize", draw);
      view.addEventListener("keydown", function (event) {
        var page = Math.max(1, Math.floor(view.clientHeight / height) - 1);
        var moves = { ArrowDown: selected + 1, ArrowUp: selected - 1, PageDown: selected + page,
          PageUp: selected - page, Home: 0, End: shown.length - 1 };
        if (event.key in moves) select(moves[event.key]);
        else if (event.key === "Enter" || event.key === " ") open();
        else return;
        event.preventDefault();
      });
      document.addEventListener("keydown", function (event) {
        if (event.key !== "Escape" || panel.hidden) return;
        panel.hidden = true;
        view.focus();
      });
      byId("close").addEventListener("click", function () { panel.hidden = true; view.focus(); });
      document.querySelectorAll("button.sort").forEach(function (button) {
        button.addEventListener("click", function () {
          var column = Number(button.dataset.column);
          sort = { column: column, down: sort.column === column ? !sort.down : column === 0 };
          document.querySelectorAll("button.sort").forEach(function (other) {
            other.parentNode.removeAttribute("aria-sort");
          });
          button.parentNode.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
          apply();
        });
      });
      var timer = 0;
      search.addEventListener("input", function () {
        window.clearTimeout(timer);
        timer = window.setTimeout(apply, 120);
      });
      filters.forEach(function (filter) { byId(filter[0]).addEventListener("change", apply); });
      window.addEventListener("beforeprint", function () {
        var most = 2000, table = byId("printed");
        var part = document.createDocumentFragment();
        shown.slice(0, most).forEach(function (index) {
          var line = document.createElement("tr");
          for (var c = 0; c < names.length; c++) {
            var cell = document.createElement("td");
            cell.textContent = String(text(rows[index], c));
            line.appendChild(cell);
          }
          part.appendChild(line);
        });
        table.replaceChildren(part);
        byId("print-note").textContent = shown.length > most
          ? "The first " + most + " of " + shown.length + " findings; filter the page to print others." : "";
      });
      byId("findings-tools").hidden = false;
      apply();
      if (location.hash.indexOf("#filter=") === 0) {
        search.value = decodeURIComponent(location.hash.slice(8));
        var begin = performance.now();
        apply();
        document.documentElement.dataset.filtered = String(Math.round(performance.now() - begin));
      }
      document.documentElement.dataset.ready = String(Math.round(performance.now()));
    })();
    """#
}
