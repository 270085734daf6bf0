//! A model-serving fleet as a discrete-event simulation: requests arrive with a daily curve, are routed, wait, prefill,
//! decode, fill KV caches, use GPUs. Every exporter reads the same events, so histograms, gauges and counters agree.
//! Deterministic for a seed and an origin; no clock, no I/O, no threads.

pub mod around;
pub mod autoscaler;
mod cast;
pub mod classic;
mod cluster;
pub mod container;
pub mod engine;
mod event;
pub mod front;
pub mod gpu;
pub mod histogram;
mod incident;
pub mod load;
mod rng;
pub mod router;
#[cfg(test)]
mod tests;
mod timeline;
mod truth;

pub use self::cast::{Job, NodePlace, PodPlace, Process, Quota};
pub use self::truth::{
    AutoscalerTruth, ContainerTruth, Decision, DetectorTruth, GatewayTruth, GpuTruth, KeyTruth, PodTruth, Prediction,
    RouterTruth, Served, Truth, WorkloadTruth,
};
pub use super::exporters::family::{Family, Kind, Sample};

use self::around::Around;
use self::cast::{
    BOARDS, BYPASSED_REPLICA, ENGINES, GPUS, LLAMA_ENGINE, LOST_REPLICA, MISTRAL_ENGINE, PHI_ENGINE, REPLICAS, Role,
    Runs, Vendor,
};
use self::classic::Server;
use self::cluster::Cluster;
use self::engine::Engine;
use self::engine::stats::Generation;
use self::event::{Event, Events};
use self::front::Front;
use self::gpu::{Gpu, SAMPLE_S};
use self::load::{Request, Source};
use self::rng::Rng;
use self::router::{Candidate, Router};
use super::exporters::{amd, dcgm, epp, gateway, gaudi, guardrails, litellm, load_test, mlserver, node, ovms};
use super::exporters::{runtimes, trustyai, vllm, vllm_v0};

/// Seconds between readiness probes.
const PROBE_S: f64 = 10.0;

#[derive(Debug)]
pub struct Fleet {
    now: f64,
    events: Events,
    engines: Vec<Engine>,
    router: Router,
    ovms: Server,
    mlserver: Server,
    /// In the order of `cast::OTHERS`.
    others: Vec<Server>,
    gpus: Vec<Gpu>,
    cluster: Cluster,
    front: Front,
    around: Around,
    /// Arrival times and attributes, one stream for each source.
    clients: Vec<Rng>,
    roles: Vec<Role>,
    processes: Vec<Process>,
}

impl Fleet {
    /// The fleet at `origin` (Unix seconds): everything is up, nothing has happened.
    pub fn new(seed: u64, origin: i64) -> Self {
        let now = origin as f64;
        let (roles, processes) = cast::processes().into_iter().unzip();
        let mut fleet = Self {
            now,
            events: Events::default(),
            engines: ENGINES.iter().map(|(_, spec)| Engine::new(*spec, now)).collect(),
            router: Router::new(now, REPLICAS, Rng::new(seed, 100)),
            ovms: Server::new(cast::OVMS, now, Rng::new(seed, 101)),
            mlserver: Server::new(cast::MLSERVER, now, Rng::new(seed, 102)),
            others: (103..)
                .zip(cast::OTHERS)
                .map(|(stream, other)| Server::new(other.spec, now, Rng::new(seed, stream)))
                .collect(),
            gpus: (200..)
                .zip(GPUS)
                .map(|(stream, place)| Gpu::new(place.spec, place.allocated_mib, now, Rng::new(seed, stream)))
                .collect(),
            cluster: Cluster::new(now),
            front: Front::new(now, Rng::new(seed, 110)),
            around: Around::new(now, seed),
            clients: (0..)
                .zip(Source::ALL)
                .map(|(stream, _)| Rng::new(seed, stream))
                .collect(),
            roles,
            processes,
        };
        for source in Source::ALL {
            fleet.plan_arrival(source, now);
        }
        let stranger = fleet.front.next_stranger(now);
        fleet.events.plan(stranger, Event::Stranger);
        fleet.events.plan(next_multiple(now, SAMPLE_S), Event::Sample);
        fleet
            .events
            .plan(next_multiple(now, autoscaler::SYNC_S) + 1.0, Event::Autoscale);
        fleet.events.plan(next_multiple(now, PROBE_S) + 3.0, Event::Probe);
        fleet.events.plan(incident::LOST.next_start(now), Event::ReplicaDies);
        fleet
    }

    /// Lets time pass up to and with this instant (Unix seconds). An instant in the past changes nothing.
    pub fn advance_to(&mut self, at: f64) {
        if at <= self.now {
            return;
        }
        while let Some((now, event)) = self.events.pop_due(at) {
            self.happen(now, event);
        }
        self.now = at;
        for engine in &mut self.engines {
            engine.settle(at);
        }
    }

    pub fn now(&self) -> f64 {
        self.now
    }

    /// Constant for the fleet's life.
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }

    /// What the process's `/metrics` shows now; None where it is down or there is no such process.
    pub fn scrape(&self, process: usize) -> Option<Vec<Family>> {
        match *self.roles.get(process)? {
            Role::Engine(number) => {
                let engine = self.engines.get(number)?;
                let model = ENGINES.get(number)?.0.model;
                match engine.spec.generation {
                    Generation::V0 => vllm_v0::page(engine, model, self.now),
                    Generation::V1 => vllm::page(engine, model, self.now),
                }
            }
            Role::Router => Some(epp::page(&self.router, &self.candidates(), cast::EPP, self.now)),
            Role::Ovms => Some(ovms::page(&self.ovms, cast::NOMIC.model)),
            Role::MlServer => Some(mlserver::page(&self.mlserver, cast::FRAUD.model)),
            Role::Gateway => Some(gateway::istio(&self.front.gateway, cast::GATEWAY)),
            Role::Kuadrant => Some(gateway::kuadrant(&self.front.gateway)),
            Role::Limitador => Some(gateway::limitador(&self.front.gateway, cast::GATEWAY)),
            Role::Proxy => Some(litellm::page(&self.front.proxy, cast::DEPLOYMENTS)),
            Role::Gpus(node) => {
                let here = GPUS.iter().zip(&self.gpus).filter(|(place, _)| place.node == node);
                let devices: Vec<_> = here.map(|(place, gpu)| (place.device, gpu)).collect();
                match GPUS.iter().find(|place| place.node == node)?.vendor {
                    Vendor::Nvidia => Some(dcgm::page(&devices)),
                    Vendor::Amd => Some(amd::page(&devices)),
                    Vendor::Intel => Some(gaudi::page(&devices)),
                }
            }
            Role::Kubelet(node) => Some(self.cluster.kubelet(node)),
            Role::KubeState => Some(self.cluster.objects()),
            Role::Scheduler => Some(self.cluster.scheduler()),
            Role::Other(number) => {
                let other = cast::OTHERS.get(number)?;
                Some(runtimes::page(
                    self.others.get(number)?,
                    other.program,
                    other.workload.model,
                ))
            }
            Role::TrustyJava => Some(trustyai::java(&self.around.quality, cast::WATCHED)),
            Role::TrustyPython => Some(trustyai::python(&self.around.quality, cast::WATCHED)),
            Role::DriftDetector => Some(trustyai::detector(&self.around.quality, cast::WATCHED)),
            Role::Guardrails => Some(guardrails::page(&self.around.guard)),
            Role::LoadTest => Some(load_test::page(&self.around.load_tests, &cast::TESTED)),
            Role::Host => Some(node::page(&self.around.host)),
        }
    }

    /// Exact events in (from, to], as far as they are not forgotten; `to` is cut to now.
    pub fn truth(&self, from: f64, to: f64) -> Truth {
        let to = to.min(self.now);
        let mut truth = Truth {
            from,
            to,
            ..Truth::default()
        };
        let mut add = |workload: &cast::Workload, pod: &str, record: PodTruth| {
            let entry = truth
                .workloads
                .entry(workload.name.to_owned())
                .or_insert_with(|| WorkloadTruth {
                    namespace: workload.namespace.to_owned(),
                    model: workload.model.to_owned(),
                    ..WorkloadTruth::default()
                });
            entry.pods.insert(pod.to_owned(), record);
        };
        for ((workload, spec), engine) in ENGINES.iter().zip(&self.engines) {
            add(workload, spec.pod, engine.log.truth(from, to, engine.open_step()));
        }
        let main = [(&cast::NOMIC, &self.ovms), (&cast::FRAUD, &self.mlserver)];
        let others = cast::OTHERS.iter().map(|other| &other.workload).zip(&self.others);
        for (workload, server) in main.into_iter().chain(others) {
            add(workload, server.spec.pod, server.log.truth(from, to, None));
        }
        let router = self.router.truth(from, to, cast::GRANITE.namespace, cast::GRANITE.pods);
        truth.routers.insert(cast::GRANITE.name.to_owned(), router);
        let gateway = self.front.gateway.truth(from, to);
        truth.gateways.insert(cast::GATEWAY.gateway.to_owned(), gateway);
        truth.keys.extend(self.front.proxy.truth(from, to));
        truth.detectors = self.around.guard.truth(from, to);
        truth.predictions = self.around.quality.truth(from, to);
        for (place, gpu) in GPUS.iter().zip(&self.gpus) {
            truth.gpus.insert(place.truth.to_owned(), gpu.truth(from, to));
        }
        self.cluster.tell(from, to, &mut truth);
        truth
    }

    /// Drops what happened before, so that memory stays bounded. The present is not touched.
    pub fn forget_before(&mut self, at: f64) {
        for engine in &mut self.engines {
            engine.log.forget_before(at);
        }
        self.ovms.log.forget_before(at);
        self.mlserver.log.forget_before(at);
        for other in &mut self.others {
            other.log.forget_before(at);
        }
        self.router.forget_before(at);
        self.front.forget_before(at);
        self.around.forget_before(at);
        for gpu in &mut self.gpus {
            gpu.forget_before(at);
        }
        self.cluster.forget_before(at);
    }

    fn happen(&mut self, now: f64, event: Event) {
        match event {
            Event::Arrive(source) => {
                self.arrive(now, source);
                self.plan_arrival(source, now);
            }
            Event::Wake { engine, epoch } => {
                if let Some(woken) = self.engines.get_mut(engine) {
                    woken.wake(now, epoch);
                }
                self.attend(engine, true);
            }
            Event::End(source, job) => {
                let begun = self.server(source).and_then(|server| server.end(now, &job));
                if source == Source::Fraud {
                    self.around.predicted(now, now - job.arrived());
                }
                self.plan_end(source, begun);
            }
            Event::Stranger => {
                self.front.stranger(now);
                let next = self.front.next_stranger(now);
                self.events.plan(next, Event::Stranger);
            }
            Event::Sample => {
                self.sample_gpus(now);
                self.sample_pods(now);
                self.around.tick(now);
                self.events.plan(now + SAMPLE_S, Event::Sample);
            }
            Event::Autoscale => {
                let replicas = self.engines.iter().take(REPLICAS);
                let waiting: usize = replicas.map(Engine::waiting).sum();
                self.cluster.autoscale(now, waiting as f64);
                self.events.plan(now + autoscaler::SYNC_S, Event::Autoscale);
            }
            Event::Probe => {
                self.ovms.probes += 1;
                self.events.plan(now + PROBE_S, Event::Probe);
            }
            Event::ReplicaDies => {
                if let Some(gpu) = self.gpus.get_mut(LOST_REPLICA) {
                    gpu.fail(now, incident::xid(now));
                }
                if let Some(engine) = self.engines.get_mut(LOST_REPLICA) {
                    engine.die(now);
                }
                self.cluster.restart(now, Runs::Engine(LOST_REPLICA));
                self.attend(LOST_REPLICA, false);
                self.router.forget_replica(now, LOST_REPLICA, REPLICAS - 1);
                self.events.plan(now + incident::LOST.length, Event::ReplicaReturns);
            }
            Event::ReplicaReturns => {
                if let Some(gpu) = self.gpus.get_mut(LOST_REPLICA) {
                    gpu.recover(now);
                }
                if let Some(engine) = self.engines.get_mut(LOST_REPLICA) {
                    engine.restart(now);
                }
                self.cluster.ready(now, Runs::Engine(LOST_REPLICA));
                self.router.note_ready(now, REPLICAS);
                self.events.plan(incident::LOST.next_start(now), Event::ReplicaDies);
            }
        }
    }

    fn plan_arrival(&mut self, source: Source, after: f64) {
        if let Some(rng) = self.clients.get_mut(source as usize) {
            let at = source.next_arrival(after, rng);
            self.events.plan(at, Event::Arrive(source));
        }
    }

    fn arrive(&mut self, now: f64, source: Source) {
        if let Some(server) = self.server(source) {
            let begun = server.arrive(now);
            self.plan_end(source, begun);
            return;
        }
        let Some(rng) = self.clients.get_mut(source as usize) else {
            return;
        };
        let request = load::request(source, now, rng);
        let routed = source == Source::Granite && !incident::BYPASS.covers(now);
        let engine = if routed {
            // The picker sees the replicas as they are now, not as they were when somebody last looked.
            for replica in self.engines.iter_mut().take(REPLICAS) {
                replica.settle(now);
            }
            // A refused request is routed like any other; it has a short prompt and no known prefix.
            let asked = request.unwrap_or_else(|| Request::refused(now));
            match self.router.pick(&asked, &self.candidates()) {
                Some(replica) => replica,
                None => return,
            }
        } else {
            match source {
                Source::Llama => LLAMA_ENGINE,
                Source::Phi => PHI_ENGINE,
                Source::Mistral => MISTRAL_ENGINE,
                _ => BYPASSED_REPLICA,
            }
        };
        let Some(target) = self.engines.get_mut(engine) else {
            return;
        };
        match request {
            Some(request) => target.arrive(Request { routed, ..request }),
            None => {
                target.refuse(now, routed);
                self.front.refused(&Request {
                    routed,
                    source,
                    ..Request::refused(now)
                });
                if routed {
                    self.router.refused();
                }
            }
        }
        self.attend(engine, true);
    }

    /// Looks at what an engine wants after it was touched: a wake-up, and the router to hear of ended requests.
    fn attend(&mut self, number: usize, alive: bool) {
        let Some(engine) = self.engines.get_mut(number) else {
            return;
        };
        if let Some((at, epoch)) = engine.take_wake()
            && alive
        {
            self.events.plan(at, Event::Wake { engine: number, epoch });
        }
        for finished in &engine.take_finished() {
            self.front.ended(finished, alive);
            self.around.ended(finished, alive);
            if !finished.request.routed {
                continue;
            }
            if alive {
                self.router.finished(finished);
            } else {
                self.router.failed(finished.at);
            }
        }
    }

    fn server(&mut self, source: Source) -> Option<&mut Server> {
        match source {
            Source::Embeddings => Some(&mut self.ovms),
            Source::Fraud => Some(&mut self.mlserver),
            Source::Granite | Source::Mistral | Source::Llama | Source::Phi => None,
            Source::Flan | Source::Summaries | Source::Images | Source::Nemo | Source::Churn => {
                let place = cast::OTHERS.iter().position(|other| other.source == source)?;
                self.others.get_mut(place)
            }
        }
    }

    fn plan_end(&mut self, source: Source, begun: Option<(f64, classic::Job)>) {
        if let Some((at, job)) = begun {
            self.events.plan(at, Event::End(source, job));
        }
    }

    /// The granite replicas as the router sees them.
    fn candidates(&self) -> Vec<Candidate> {
        let replicas = self.engines.iter().take(REPLICAS);
        replicas
            .map(|engine| Candidate {
                ready: engine.stats().is_some(),
                waiting: engine.waiting(),
                running: engine.running(),
                kv_usage: engine.kv_usage(),
            })
            .collect()
    }

    fn sample_pods(&mut self, now: f64) {
        let (engines, router) = (&self.engines, &self.router);
        let (ovms, mlserver) = (&self.ovms, &self.mlserver);
        self.cluster.sample(now, |runs| match runs {
            Runs::Engine(number) => engines.get(number).map(|engine| engine.done(now)),
            Runs::Router => Some(router.done()),
            Runs::Ovms => Some(ovms.done()),
            Runs::MlServer => Some(mlserver.done()),
        });
    }

    fn sample_gpus(&mut self, now: f64) {
        let mut extra = [0.0; BOARDS];
        for (place, gpu) in GPUS.iter().zip(&mut self.gpus) {
            let engine = place.engine.and_then(|number| self.engines.get(number));
            gpu.sample(now, engine.map(|engine| engine.work_at(now)));
            if let Some(board) = extra.get_mut(place.board) {
                *board += gpu.extra_w();
            }
        }
        for (place, gpu) in GPUS.iter().zip(&mut self.gpus) {
            let watts = gpu.spec.idle_w + extra.get(place.board).copied().unwrap_or_default();
            gpu.set_board_power(now, watts);
        }
    }
}

fn next_multiple(at: f64, step: f64) -> f64 {
    (at / step).floor() * step + step
}
