-- What is counted of webhooks: the name of a metric, its labels as Prometheus writes
-- them (empty: none), and its value. A name that ends with `_total` never falls.
create view webhook_metric as
select name, label, value from rejection_metric
union all
select name, label, value from event_metric;
