// Charts of the workbench and of the ranking: drawn over the tables with the same numbers, when they come into sight.
// Every point leads to its list.
import {onContent, onLeave} from './shared/content.js';
import {follow} from './shared/follow.js';
import {fetchLibrary} from './shared/library.js';

const TONES = {
  blue: '#1668dc',
  cyan: '#13a8a8',
  gold: '#d89614',
  orange: '#e07b1a',
  green: '#49a01d',
  red: '#d9363e',
  gray: '#8b94a3',
};
const PAINT = getComputedStyle(document.documentElement);

/** A colour of the page: it is dark where the system is. */
function token(name) {
  return PAINT.getPropertyValue(name).trim();
}

const AXIS_LINE = {lineStyle: {color: token('--line')}};
const NEAR = '100px'; // below the window: so near a chart counts as seen
const NARROW_BAR = 0.3; // share of the widest bar of a funnel below which a label does not fit inside
const TEXT = {
  color: token('--text-2'),
  fontSize: 12,
  fontFamily: getComputedStyle(document.body).fontFamily,
};
const TOOLTIP = {
  renderMode: 'richText',
  textStyle: TEXT,
  backgroundColor: token('--card'),
  borderColor: token('--line'),
};
const drawn = new Map(); // the place of a chart → what takes it down
const LINE_LEGEND = {right: 0, top: 0, itemWidth: 14, itemHeight: 4, icon: 'roundRect', textStyle: TEXT};

function toneOf(row) {
  return TONES[row.tone] || TONES.gray;
}

function dataText(point) {
  return point.data.text;
}

function itemTooltip() {
  return {
    ...TOOLTIP,
    trigger: 'item',
    formatter: (point) => `${point.name}  ${point.data.text}`,
  };
}

function valueAxis() {
  return {type: 'value', minInterval: 1, axisLabel: TEXT, splitLine: AXIS_LINE};
}

function categoryAxis(names) {
  return {type: 'category', data: names, axisTick: {show: false}, axisLine: AXIS_LINE, axisLabel: TEXT};
}

function toPoint(row, itemStyle) {
  return {name: row.name, value: row.value, text: row.text, url: row.url, itemStyle};
}

function namesOf(rows) {
  return rows.map((row) => row.name);
}

function trendBars(series) {
  return {
    name: series.name,
    type: 'bar',
    barMaxWidth: 14,
    itemStyle: {borderRadius: [3, 3, 0, 0]},
    data: series.values,
  };
}

function trendLine(series) {
  return {
    name: series.name,
    type: 'line',
    smooth: 0.3,
    showSymbol: true,
    symbolSize: 6,
    data: series.values,
    triggerLineEvent: true,
  };
}

function trendChart(trend) {
  return {
    color: [TONES.blue, TONES.cyan],
    legend: LINE_LEGEND,
    grid: {left: 4, right: 4, top: 32, bottom: 0, containLabel: true},
    tooltip: {...TOOLTIP, trigger: 'axis'},
    xAxis: categoryAxis(trend.days),
    yAxis: valueAxis(),
    series: trend.series.map((series, index) => (index ? trendLine(series) : trendBars(series))),
  };
}

function pieChart(rows) {
  const legendText = (name) => `${name}  ${rows.find((row) => row.name === name).text}`;
  return {
    tooltip: itemTooltip(),
    legend: {bottom: 0, itemWidth: 10, itemHeight: 10, icon: 'circle', textStyle: TEXT, formatter: legendText},
    series: [
      {
        type: 'pie',
        radius: ['52%', '74%'],
        center: ['50%', '43%'],
        label: {show: false},
        itemStyle: {borderColor: token('--card'), borderWidth: 2, borderRadius: 4},
        data: rows.map((row) => toPoint(row, {color: toneOf(row)})),
      },
    ],
  };
}

function columnChart(rows) {
  return {
    grid: {left: 4, right: 4, top: 24, bottom: 0, containLabel: true},
    tooltip: itemTooltip(),
    xAxis: categoryAxis(namesOf(rows)),
    yAxis: valueAxis(),
    series: [
      {
        type: 'bar',
        barMaxWidth: 36,
        label: {show: true, position: 'top', color: TEXT.color, formatter: dataText},
        data: rows.map((row) => toPoint(row, {color: toneOf(row), borderRadius: [4, 4, 0, 0]})),
      },
    ],
  };
}

function funnelPoint(row, widest) {
  const isNarrow = row.value < widest * NARROW_BAR;
  return {
    ...toPoint(row, {color: toneOf(row), borderRadius: 4}),
    label: {
      show: true,
      position: isNarrow ? 'right' : 'inside',
      color: isNarrow ? TEXT.color : '#fff',
      fontSize: 13,
      fontFamily: TEXT.fontFamily,
      formatter: dataText,
    },
  };
}

/** Bars about one axis, as wide as the number that came so far: invisible bars at the left push them to the middle. */
function funnelChart(rows) {
  const widest = Math.max(1, ...rows.map((row) => row.value));
  return {
    grid: {left: 4, right: 12, top: 8, bottom: 8, containLabel: true},
    tooltip: itemTooltip(),
    xAxis: {type: 'value', max: widest, show: false},
    yAxis: {
      ...categoryAxis(namesOf(rows)),
      inverse: true,
      axisLine: {show: false},
      axisLabel: {...TEXT, fontSize: 13},
    },
    series: [
      {
        type: 'bar',
        stack: 'funnel',
        silent: true,
        itemStyle: {color: 'transparent'},
        tooltip: {show: false},
        data: rows.map((row) => (widest - row.value) / 2),
      },
      {
        type: 'bar',
        stack: 'funnel',
        barCategoryGap: '14%',
        data: rows.map((row) => funnelPoint(row, widest)),
      },
    ],
  };
}

function bestChart(best) {
  return {
    color: best.series.map(toneOf),
    legend: LINE_LEGEND,
    grid: {left: 4, right: 28, top: 32, bottom: 0, containLabel: true},
    tooltip: {...TOOLTIP, trigger: 'axis', axisPointer: {type: 'shadow'}},
    yAxis: {
      ...categoryAxis(best.names),
      inverse: true,
      axisLabel: {width: 150, overflow: 'truncate', ...TEXT},
    },
    xAxis: valueAxis(),
    series: best.series.map((series) => ({
      name: series.name,
      type: 'bar',
      barMaxWidth: 12,
      label: {show: true, position: 'right', color: TEXT.color},
      itemStyle: {borderRadius: [0, 3, 3, 0]},
      data: series.values,
    })),
  };
}

const KINDS = {
  trend: trendChart,
  status: pieChart,
  grade: columnChart,
  columns: columnChart,
  funnel: funnelChart,
  best: bestChart,
};

function addressOf(data, event) {
  if (data.series) return data.series[event.seriesIndex].urls[event.dataIndex];
  return event.data && event.data.url;
}

/** The button beside a chart shows the table instead. */
function startToggle(chart, element, box) {
  const toggle = document.querySelector(`[data-chart-toggle="${element.dataset.chart}"]`);
  if (!toggle) return;
  toggle.hidden = false;
  toggle.addEventListener('click', () => {
    const isTable = box.classList.toggle('is-table');
    element.hidden = isTable;
    toggle.setAttribute('aria-pressed', String(isTable));
    if (!isTable) chart.resize();
  });
}

function draw(echarts, element, data) {
  const box = element.closest('.chart-box');
  const hasMotion = !window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.hidden = false;
  box.classList.add('is-drawn');
  element.setAttribute('aria-hidden', 'true'); // the table beside it says the same
  const chart = echarts.init(element, null, {renderer: 'svg'});
  chart.setOption({animation: hasMotion, ...KINDS[element.dataset.chartKind || element.dataset.chart](data)});
  chart.on('click', (event) => {
    const address = addressOf(data, event);
    if (address) follow(address);
  });
  const size = new ResizeObserver(() => {
    if (!element.hidden) chart.resize();
  });
  size.observe(box);
  startToggle(chart, element, box);
  drawn.set(element, () => {
    size.disconnect();
    chart.dispose();
  });
}

/** Draw the charts that a source has the numbers of, each when it comes into sight. */
function start(source) {
  const data = JSON.parse(source.dataset.charts);
  const sight = new IntersectionObserver(
    (entries) => {
      entries
        .filter((entry) => entry.isIntersecting)
        .forEach(({target}) => {
          sight.unobserve(target);
          const element = target.querySelector('[data-chart]');
          fetchLibrary(source.dataset.library)
            .then(() => element.isConnected && draw(window.echarts, element, data[element.dataset.chart]))
            .catch(() => {
              // the table stays
            });
        });
    },
    {rootMargin: NEAR},
  );
  document.querySelectorAll('.chart-box').forEach((box) => sight.observe(box));
}

onContent((root) => root.querySelectorAll('[data-charts]').forEach(start));
onLeave((root) => {
  drawn.forEach((takeDown, element) => {
    if (!root.contains(element)) return;
    takeDown();
    drawn.delete(element);
  });
});
