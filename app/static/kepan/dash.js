// Charts of the workbench and of the ranking: drawn over the tables that hold the same numbers. Every point leads to its list.
(function () {
  'use strict';
  var echarts = window.echarts, source = document.getElementById('chart-data');
  if (!echarts || !source) return;
  var data = JSON.parse(source.textContent), root = getComputedStyle(document.documentElement);
  var tones = {blue: '#1668dc', cyan: '#13a8a8', gold: '#d89614', orange: '#e07b1a', green: '#49a01d', red: '#d9363e', gray: '#8b94a3'};
  var still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  var text = {color: root.getPropertyValue('--text-2').trim() || '#4e5661', fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily};
  var line = {lineStyle: {color: '#e5e8ee'}};

  function trend(d) {
    return {
      color: [tones.blue, tones.cyan],
      legend: {right: 0, top: 0, itemWidth: 14, itemHeight: 4, icon: 'roundRect', textStyle: text},
      grid: {left: 4, right: 4, top: 32, bottom: 0, containLabel: true},
      tooltip: {trigger: 'axis', renderMode: 'richText', textStyle: text},
      xAxis: {type: 'category', data: d.days, axisTick: {show: false}, axisLine: line, axisLabel: text},
      yAxis: {type: 'value', minInterval: 1, axisLabel: text, splitLine: line},
      series: d.series.map(function (s, i) {
        return i ? {name: s.name, type: 'line', smooth: 0.3, showSymbol: true, symbolSize: 6, data: s.values, triggerLineEvent: true}
          : {name: s.name, type: 'bar', barMaxWidth: 14, itemStyle: {borderRadius: [3, 3, 0, 0]}, data: s.values};
      })
    };
  }
  function pie(rows) {
    return {
      tooltip: {trigger: 'item', renderMode: 'richText', textStyle: text, formatter: function (p) { return p.name + '  ' + p.data.text; }},
      legend: {bottom: 0, itemWidth: 10, itemHeight: 10, icon: 'circle', textStyle: text, formatter: function (name) {
        var row = rows.find(function (r) { return r.name === name; });
        return name + '  ' + row.text;
      }},
      series: [{type: 'pie', radius: ['52%', '74%'], center: ['50%', '43%'], label: {show: false}, itemStyle: {borderColor: '#fff', borderWidth: 2, borderRadius: 4},
        data: rows.map(function (r) { return {name: r.name, value: r.value, text: r.text, url: r.url, itemStyle: {color: tones[r.tone] || tones.gray}}; })}]
    };
  }
  function columns(rows) {
    return {
      grid: {left: 4, right: 4, top: 24, bottom: 0, containLabel: true},
      tooltip: {trigger: 'item', renderMode: 'richText', textStyle: text, formatter: function (p) { return p.name + '  ' + p.data.text; }},
      xAxis: {type: 'category', data: rows.map(function (r) { return r.name; }), axisTick: {show: false}, axisLine: line, axisLabel: text},
      yAxis: {type: 'value', minInterval: 1, axisLabel: text, splitLine: line},
      series: [{type: 'bar', barMaxWidth: 36, label: {show: true, position: 'top', color: text.color, formatter: function (p) { return p.data.text; }},
        data: rows.map(function (r) { return {name: r.name, value: r.value, text: r.text, url: r.url, itemStyle: {color: tones[r.tone] || tones.gray, borderRadius: [4, 4, 0, 0]}}; })}]
    };
  }
  function funnel(rows) {                                  // bars about one axis: as wide as so many came so far
    var top = Math.max.apply(null, rows.map(function (r) { return r.value; }).concat(1));
    return {
      grid: {left: 4, right: 12, top: 8, bottom: 8, containLabel: true},
      tooltip: {trigger: 'item', renderMode: 'richText', textStyle: text, formatter: function (p) { return p.name + '  ' + p.data.text; }},
      xAxis: {type: 'value', max: top, show: false},
      yAxis: {type: 'category', inverse: true, data: rows.map(function (r) { return r.name; }), axisTick: {show: false}, axisLine: {show: false}, axisLabel: Object.assign({}, text, {fontSize: 13})},
      series: [
        {type: 'bar', stack: 'funnel', silent: true, itemStyle: {color: 'transparent'}, tooltip: {show: false}, data: rows.map(function (r) { return (top - r.value) / 2; })},
        {type: 'bar', stack: 'funnel', barCategoryGap: '14%', data: rows.map(function (r) {
          var narrow = r.value < top * 0.3;
          return {name: r.name, value: r.value, text: r.text, url: r.url, itemStyle: {color: tones[r.tone] || tones.gray, borderRadius: 4},
            label: {show: true, position: narrow ? 'right' : 'inside', color: narrow ? text.color : '#fff', fontSize: 13, fontFamily: text.fontFamily, formatter: function (p) { return p.data.text; }}};
        })}
      ]
    };
  }
  function best(d) {
    return {
      color: d.series.map(function (s) { return tones[s.tone] || tones.gray; }),
      legend: {right: 0, top: 0, itemWidth: 14, itemHeight: 4, icon: 'roundRect', textStyle: text},
      grid: {left: 4, right: 28, top: 32, bottom: 0, containLabel: true},
      tooltip: {trigger: 'axis', axisPointer: {type: 'shadow'}, renderMode: 'richText', textStyle: text},
      yAxis: {type: 'category', inverse: true, data: d.names, axisTick: {show: false}, axisLine: line, axisLabel: Object.assign({width: 150, overflow: 'truncate'}, text)},
      xAxis: {type: 'value', minInterval: 1, axisLabel: text, splitLine: line},
      series: d.series.map(function (s) { return {name: s.name, type: 'bar', barMaxWidth: 12, label: {show: true, position: 'right', color: text.color}, itemStyle: {borderRadius: [0, 3, 3, 0]}, data: s.values}; })
    };
  }
  var kinds = {trend: trend, status: pie, grade: columns, funnel: funnel, best: best};

  function address(name, event) {
    if (data[name].series) return data[name].series[event.seriesIndex].urls[event.dataIndex];
    return event.data && event.data.url;
  }
  document.querySelectorAll('[data-chart]').forEach(function (el) {
    var name = el.dataset.chart, box = el.closest('.chart-box'), toggle = document.querySelector('[data-chart-toggle="' + name + '"]');
    el.hidden = false;
    box.classList.add('is-drawn');
    el.setAttribute('aria-hidden', 'true');                 // the table beside it says the same
    var chart = echarts.init(el, null, {renderer: 'svg'});
    chart.setOption(Object.assign({animation: !still}, kinds[name](data[name])));
    chart.on('click', function (event) { var to = address(name, event); if (to) window.location.href = to; });
    new ResizeObserver(function () { if (!el.hidden) chart.resize(); }).observe(box);
    if (!toggle) return;
    toggle.hidden = false;
    toggle.addEventListener('click', function () {
      var table = box.classList.toggle('is-table');
      el.hidden = table;
      toggle.setAttribute('aria-pressed', String(table));
      if (!table) chart.resize();
    });
  });
})();
