//! Routes and lists as a cluster gives them.

use rollout::{
    Colour, FUNCTIONS, NotReady, Operation, Route, RouteError, Split, require_ready, service,
    switch,
};
use serde_json::{Value, json};

/// The route of a colour, its rules in another order than the functions.
fn route(colour: Colour) -> Value {
    let rules: Vec<Value> = FUNCTIONS
        .iter()
        .rev()
        .map(|(function, prefix)| {
            json!({
                "matches": [{"path": {"type": "PathPrefix", "value": prefix}}],
                "backendRefs": [{"name": service(colour, function), "port": 80}],
            })
        })
        .collect();
    json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
        "metadata": {"name": "retire", "resourceVersion": "7"},
        "spec": {"rules": rules},
    })
}

/// The rule of a function that may be at zero.
fn behind_an_interceptor(route: &mut Value, rule: usize, colour: Colour) {
    route["spec"]["rules"][rule]["backendRefs"] =
        json!([{"name": "keda-add-ons-http-interceptor-proxy", "namespace": "keda", "port": 8080}]);
    route["spec"]["rules"][rule]["filters"] = json!([{
        "type": "RequestHeaderModifier",
        "requestHeaderModifier": {"set": [{"name": "x-retire-colour", "value": colour.name()}]},
    }]);
}

fn read(route: &Value) -> Result<Route, RouteError> {
    Route::read(&route.to_string())
}

/// Applies the operations as RFC 6902 says, all or none.
fn apply(route: &Value, patch: &[Operation]) -> Option<Value> {
    let mut patched = route.clone();
    for operation in patch {
        match operation {
            Operation::Test { path, value } if patched.pointer(path) == Some(value) => {}
            Operation::Test { .. } => return None,
            Operation::Replace { path, value } => *patched.pointer_mut(path)? = value.clone(),
        }
    }
    Some(patched)
}

#[test]
fn one_patch_switches_every_function_and_the_same_patch_back_undoes_it() {
    let mut mixed = route(Colour::Blue);
    behind_an_interceptor(&mut mixed, 1, Colour::Blue);
    for blue in [route(Colour::Blue), mixed] {
        let before = read(&blue).expect("a route");
        assert_eq!(before.split(), Ok(Split::all(Colour::Blue)));
        let patch = switch(&before, Split::all(Colour::Green)).expect("a patch");
        let green = apply(&blue, &patch).expect("applied");
        assert!(!green.to_string().contains("blue"), "{green}");
        let after = read(&green).expect("a route");
        assert_eq!(after.split(), Ok(Split::all(Colour::Green)));
        let back = switch(&after, Split::all(Colour::Blue)).expect("a patch");
        assert_eq!(apply(&green, &back), Some(blue));
    }
}

#[test]
fn a_canary_is_a_weight_of_every_function() {
    let blue = route(Colour::Blue);
    let split = Split {
        colour: Colour::Blue,
        canary_percent: 5,
    };
    let patch = switch(&read(&blue).expect("a route"), split).expect("a patch");
    let canary = apply(&blue, &patch).expect("applied");
    assert_eq!(read(&canary).expect("a route").split(), Ok(split));
    assert_eq!(
        canary["spec"]["rules"][3]["backendRefs"],
        json!([
            {"name": "retire-blue-tontine-calc", "port": 80, "weight": 95},
            {"name": "retire-green-tontine-calc", "port": 80, "weight": 5},
        ])
    );
    let mut behind = route(Colour::Blue);
    behind_an_interceptor(&mut behind, 3, Colour::Blue);
    let refused = switch(&read(&behind).expect("a route"), split);
    assert_eq!(refused, Err(RouteError::NoWeights("tontine-calc")));
}

/// Somebody else changed the route after it was read.
#[test]
fn a_patch_is_for_the_route_that_was_read() {
    let blue = route(Colour::Blue);
    let patch = switch(&read(&blue).expect("a route"), Split::all(Colour::Green));
    let patch = patch.expect("a patch");
    let mut newer = blue.clone();
    newer["metadata"]["resourceVersion"] = "8".into();
    assert_eq!(apply(&newer, &patch), None);
    let mut moved = blue;
    let rules = moved["spec"]["rules"].as_array_mut().expect("rules");
    rules.swap(0, 1);
    assert_eq!(apply(&moved, &patch), None);
}

#[test]
fn a_route_that_is_none_of_ours_is_refused() {
    let mut mixed = route(Colour::Blue);
    mixed["spec"]["rules"][0]["backendRefs"][0]["name"] = "retire-green-data-query".into();
    let split = read(&mixed).expect("a route").split();
    assert!(
        matches!(&split, Err(RouteError::Mixed(said)) if said.contains("data-query: green")),
        "{split:?}"
    );
    let mut swapped = route(Colour::Blue);
    swapped["spec"]["rules"][0]["backendRefs"][0]["name"] = "retire-blue-credit-accrual".into();
    assert!(matches!(read(&swapped), Err(RouteError::Foreign(_))));
    let mut fewer = route(Colour::Blue);
    let rules = fewer["spec"]["rules"].as_array_mut().expect("rules");
    rules.pop();
    assert_eq!(
        read(&fewer).err(),
        Some(RouteError::Rules(0, "tontine-calc"))
    );
    let mut other = route(Colour::Blue);
    other["kind"] = "Ingress".into();
    assert!(matches!(read(&other), Err(RouteError::Foreign(_))));
    let mut asleep = route(Colour::Blue);
    asleep["spec"]["rules"][0]["backendRefs"][0]["weight"] = 0.into();
    assert!(matches!(read(&asleep), Err(RouteError::Foreign(_))));
}

fn image() -> String {
    format!("registry.example.com/retire@sha256:{}", "a".repeat(64))
}

fn deployments(colour: Colour) -> Value {
    let items: Vec<Value> = FUNCTIONS
        .iter()
        .map(|(function, _)| {
            json!({
                "metadata": {"name": service(colour, function), "generation": 3},
                "spec": {"replicas": 2, "template": {"spec": {"containers": [{"image": image()}]}}},
                "status": {"observedGeneration": 3, "updatedReplicas": 2, "availableReplicas": 2},
            })
        })
        .collect();
    json!({ "items": items })
}

fn jobs(colour: Colour) -> Value {
    json!({"items": [{
        "metadata": {"name": format!("retire-{colour}-migrate")},
        "status": {"conditions": [{"type": "Complete", "status": "True"}]},
    }]})
}

/// A name, what is done to the list, and what is said of it.
type Fault = (&'static str, fn(&mut Value), &'static str);

#[test]
fn a_colour_is_ready_when_all_of_it_is() {
    let green = Colour::Green;
    let ready = |deployments: &Value, jobs: &Value| {
        require_ready(green, &deployments.to_string(), &jobs.to_string())
    };
    let all = ready(&deployments(green), &jobs(green)).expect("ready");
    assert_eq!((all.image, all.asleep), (image(), vec![]));

    let mut asleep = deployments(green);
    asleep["items"][3]["spec"]["replicas"] = 0.into();
    asleep["items"][3]["status"] = json!({"observedGeneration": 3});
    let asleep = ready(&asleep, &jobs(green)).expect("ready");
    assert_eq!(asleep.asleep, ["data-query"]);

    let faults: [Fault; 6] = [
        (
            "no function",
            |d| d["items"][2]["metadata"]["name"] = "x".into(),
            "no Deployment",
        ),
        (
            "a pod fewer",
            |d| d["items"][1]["status"]["availableReplicas"] = 1.into(),
            "1 of 2",
        ),
        (
            "an old pod",
            |d| d["items"][1]["status"]["updatedReplicas"] = 1.into(),
            "1 of 2",
        ),
        (
            "not seen yet",
            |d| d["items"][1]["metadata"]["generation"] = 4.into(),
            "0 of 2",
        ),
        (
            "a tag",
            |d| {
                d["items"][0]["spec"]["template"]["spec"]["containers"][0]["image"] =
                    "retire:1".into();
            },
            "no digest",
        ),
        (
            "another image",
            |d| {
                d["items"][0]["spec"]["template"]["spec"]["containers"][0]["image"] =
                    format!("{}b", image()).into();
            },
            "different images",
        ),
    ];
    for (name, fault, says) in faults {
        let mut with = deployments(green);
        fault(&mut with);
        let error = ready(&with, &jobs(green)).expect_err(name).to_string();
        assert!(error.contains(says), "{name}: {error}");
    }
    let schema = NotReady::Schema("retire-green-migrate".to_owned());
    assert_eq!(
        ready(&deployments(green), &jobs(Colour::Blue)),
        Err(schema.clone())
    );
    let mut failed = jobs(green);
    failed["items"][0]["status"]["conditions"][0]["type"] = "Failed".into();
    assert_eq!(ready(&deployments(green), &failed), Err(schema));
}
