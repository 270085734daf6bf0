// What the plugin adds to the console's own cards: charts, counts and alerts on overviews, live numbers on the page of a model.
// The entry script loads it when the console first asks for one of its exports, and hands in the console's React and words
// in the reader's language. Every text is marked by the function that looks it up, or by `key` and `forms`.
//
// The console asks the queries in here itself, with its user's rights; the build puts them here from the catalogue.
// It must never draw a number that it does not have, and nothing here may throw at the console.

const OVERVIEW = {{overview}};

/** How often live numbers are asked again while they are in view. */
const REFRESH_MS = 30000;
/** Of the short range whose last value is shown, in seconds. */
const RANGE_S = 600;

/** A text that is looked up later. */
const key = (english) => english;
/** A text that counts, in English: for one and for many. */
const forms = (one, many) => [one, many];

const ALERTS = forms('{count} alert', '{count} alerts');
const SEVERITY = { critical: key('critical'), warning: key('warning'), info: key('info') };

/** Says and writes as the reader does; `words` are by the English text, `locale` is for numbers. */
function speaker(words, locale) {
  const plural = new Intl.PluralRules(locale);
  const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3, notation: 'compact' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });

  const t = (english) => words[english] ?? english;

  function counted([one, many], count) {
    const found = words[many + '_' + plural.select(count)] ?? words[many + '_other'];
    return (found ?? (count === 1 ? one : many)).replace('{count}', short.format(count));
  }

  /** What a value of a unit looks like. */
  function readable(value, unit) {
    switch (unit) {
      case 'seconds':
        return value < 1 ? short.format(value * 1000) + ' ms' : short.format(value) + ' s';
      case 'ratio':
        return percent.format(value);
      case 'requests_per_second':
        return short.format(value) + ' /s';
      default:
        return short.format(value);
    }
  }

  /** As the console's charts want a number: its text, and the number with its unit. */
  function humanised(value, unit) {
    const number = Number(value);
    const string = Number.isFinite(number) ? short.format(number) + (unit ? ' ' + unit : '') : '-';
    return { string, value: number, unit };
  }

  /** One number from a panel's record: a text, and whether it is a value. */
  function told(record, unit) {
    if (!record) {
      return t('no answer');
    }
    switch (record.state) {
      case 'ok':
        break;
      case 'no_samples':
        return t('no samples');
      case 'no_traffic':
        return t('no traffic');
      case 'denied':
        return t('no permission');
      default:
        return t('unknown');
    }
    const [frame] = record.frames;
    const value = frame?.values.findLast((sample) => typeof sample === 'number');
    if (value === undefined) {
      return t('no samples');
    }
    // Beyond the ends of a histogram nobody knows how far.
    if (typeof frame.above === 'number' && value >= frame.above) {
      return t('more than {value}').replace('{value}', readable(frame.above, unit));
    }
    if (typeof frame.below === 'number' && value <= frame.below) {
      return t('less than {value}').replace('{value}', readable(frame.below, unit));
    }
    return readable(value, unit);
  }

  return { t, counted, humanised, told };
}

/** The query of one project. A name of Kubernetes holds nothing that PromQL or a replacement would read. */
function inProject(query, project) {
  const isName = typeof project === 'string' && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(project);
  return isName ? query.replaceAll('$namespace', project) : '';
}

/** Labels of every alert that fires, the most severe first. */
function firing(responses) {
  const results = (responses || []).flatMap(({ response }) => response?.data?.result || []);
  const rank = { critical: 0, warning: 1 };
  return results.map(({ metric }) => metric || {}).sort((a, b) => (rank[a.severity] ?? 2) - (rank[b.severity] ?? 2));
}

/** The address of the page that shows an alert, without the console's prefix. */
function pageOf({ alertname, namespace, model_name: model }) {
  const page = OVERVIEW.pages[alertname] || 'overview';
  const scope = namespace ? 'ns/' + encodeURIComponent(namespace) : 'all-namespaces';
  return '/servelens/' + scope + '/' + page + '?range=1h' + (model ? '&model=' + encodeURIComponent(model) : '');
}

export default function make(React, { backend, prefix, moveHost, locale, words }) {
  const h = React.createElement;
  const { t, counted, humanised, told } = speaker(words, locale);

  /** A link into Servelens that the console's router follows without loading a new document. */
  function Link({ to, children, onGo }) {
    const go = (event) => {
      if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
        return;
      }
      event.preventDefault();
      moveHost(to, false);
      onGo?.();
    };
    return h('a', { href: prefix() + to, onClick: go }, children);
  }

  function health(responses) {
    if ((responses || []).some(({ error }) => error)) {
      return { state: 'UNKNOWN' };
    }
    if ((responses || []).some(({ response }) => !response)) {
      return { state: 'LOADING' };
    }
    const alerts = firing(responses);
    if (!alerts.length) {
      return { state: 'OK' };
    }
    return { state: alerts[0].severity === 'critical' ? 'ERROR' : 'WARNING', message: counted(ALERTS, alerts.length) };
  }

  /** The console opens it from the health item. */
  function FiringAlerts({ responses, hide }) {
    const alerts = firing(responses);
    if (!alerts.length) {
      return h('p', null, t('No alert of model serving fires.'));
    }
    const line = (alert, index) => {
      const where = [alert.model_name, alert.namespace].filter(Boolean).join(', ');
      const about = [t(SEVERITY[alert.severity] ?? alert.severity), where].filter(Boolean).join(' · ');
      return h('li', { key: index }, h(Link, { to: pageOf(alert), onGo: hide }, alert.alertname), about ? ' (' + about + ')' : null);
    };
    return h('ul', { 'aria-label': t('Firing alerts of model serving') }, alerts.map(line));
  }

  async function ask(namespace, workload, signal) {
    const to = Math.floor(Date.now() / 1000);
    const [, token = ''] = /(?:^|;\s*)csrf-token=([^;]*)/.exec(document.cookie) || [];
    const answer = await fetch(backend() + '/api/panels', {
      method: 'POST',
      signal,
      headers: { 'Content-Type': 'application/json', Accept: 'application/x-ndjson', 'X-CSRFToken': decodeURIComponent(token) },
      body: JSON.stringify({
        panels: OVERVIEW.numbers.map(({ panel }) => panel),
        vars: { namespace: [namespace], workload: [workload] },
        from: to - RANGE_S,
        to,
        width: 60,
      }),
    });
    if (!answer.ok) {
      throw new Error('status ' + answer.status);
    }
    const lines = (await answer.text()).split('\n').filter(Boolean).map((line) => JSON.parse(line));
    return Object.fromEntries(lines.filter(({ panel }) => panel).map((record) => [record.panel, record]));
  }

  /** What a model server does at this moment, and the way to its page. */
  function LiveNumbers({ obj }) {
    const { namespace = '', name = '' } = obj?.metadata || {};
    const [records, setRecords] = React.useState(null);
    React.useEffect(() => {
      const ending = new AbortController();
      let timer = null;
      const look = async () => {
        try {
          setRecords(document.hidden ? (kept) => kept : await ask(namespace, name, ending.signal));
        } catch {
          if (!ending.signal.aborted) {
            setRecords({});
          }
        }
        if (!ending.signal.aborted) {
          timer = setTimeout(look, REFRESH_MS);
        }
      };
      look();
      return () => {
        ending.abort();
        clearTimeout(timer);
      };
    }, [namespace, name]);

    const line = ({ panel, title, unit }) =>
      h('div', { key: panel, 'data-number': panel }, t(title) + ': ', h('strong', null, records ? told(records[panel], unit) : '…'));
    const to = '/servelens/ns/' + encodeURIComponent(namespace) + '/models?workload=' + encodeURIComponent(name);
    return h('div', { className: 'servelens-live' }, OVERVIEW.numbers.map(line), h(Link, { to }, t('All charts')));
  }

  const chart = (query) => () => query;
  const projectChart = (query) => (project) => inProject(query, project);

  return Object.freeze({
    gpusInCluster: chart(OVERVIEW.cluster.gpus),
    tokensInCluster: chart(OVERVIEW.cluster.tokens),
    gpusInProject: projectChart(OVERVIEW.project.gpus),
    tokensInProject: projectChart(OVERVIEW.project.tokens),
    countGpus: (value) => humanised(value, ''),
    countTokens: (value) => humanised(value, '/s'),
    /** The kind that the inventory counts, in the console's words for kinds. */
    inferenceServices: Object.freeze({
      apiGroup: 'serving.kserve.io',
      apiVersion: 'v1beta1',
      kind: 'InferenceService',
      plural: 'inferenceservices',
      label: 'InferenceService',
      labelPlural: 'InferenceServices',
      abbr: 'IS',
      namespaced: true,
      crd: true,
    }),
    /** How many of them are ready, are not, or do not say so yet; in the console's names of groups. */
    byReadiness(services) {
      const groups = { NOT_MAPPED: 0, PROGRESS: 0, ERROR: 0 };
      const group = { True: 'NOT_MAPPED', False: 'ERROR' };
      (services || []).forEach(({ status }) => {
        const ready = (status?.conditions || []).find(({ type }) => type === 'Ready');
        groups[group[ready?.status] || 'PROGRESS'] += 1;
      });
      const named = Object.entries(groups).map(([key, count]) => [key, { filterType: null, statusIDs: [], count }]);
      return Object.fromEntries(named);
    },
    health,
    FiringAlerts,
    showAlert: (alert) => moveHost(pageOf({ alertname: alert?.rule?.name, ...alert?.labels }), false),
    LiveNumbers,
  });
}
