package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// scope names this service's measurements.
const scope = "github.com/issuing-sdk/issuing-go/examples/merchant"

// telemetry is what others see of the service: /metrics for Prometheus always, and traces
// and metrics of OpenTelemetry where its usual variables ask for them
// (OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT, …). Everything
// is measured once, for both.
type telemetry struct {
	metrics   http.Handler
	observer  issuing.Observer
	log       *slog.Logger
	meter     metric.Meter
	callbacks metric.Int64Counter
	stop      func()
}

func newTelemetry(ctx context.Context) (*telemetry, error) {
	registry := prometheus.NewRegistry()
	own, err := otelprom.New(otelprom.WithRegisterer(registry))
	if err != nil {
		return nil, err
	}
	silent := func(context.Context) (sdkmetric.Reader, error) { return sdkmetric.NewManualReader(), nil }
	theirs, err := autoexport.NewMetricReader(ctx, autoexport.WithFallbackMetricReader(silent))
	if err != nil {
		return nil, err
	}
	spans, err := autoexport.NewSpanExporter(ctx, autoexport.WithFallbackSpanExporter(noSpans))
	if err != nil {
		return nil, err
	}
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(own), sdkmetric.WithReader(theirs))
	traces := sdktrace.NewTracerProvider()
	if !autoexport.IsNoneSpanExporter(spans) {
		traces = sdktrace.NewTracerProvider(sdktrace.WithBatcher(spans))
	}
	t := &telemetry{
		metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), log: slog.Default(), meter: meters.Meter(scope),
		stop: func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			_ = traces.Shutdown(ctx)
			_ = meters.Shutdown(ctx)
		},
	}
	if t.callbacks, err = t.meter.Int64Counter("merchant.callbacks",
		metric.WithDescription("Callbacks by outcome.")); err != nil {
		return nil, err
	}
	t.observer, err = observer(traces.Tracer(scope), t.meter)
	return t, err
}

// noSpans is a fallback that autoexport knows as none.
func noSpans(context.Context) (sdktrace.SpanExporter, error) { return nil, nil }

// observer makes a span of each call and measures it. Neither keys nor cards are labels.
// Attempts, and what else OpenTelemetry has names for, are in examples/observability.
func observer(tracer trace.Tracer, meter metric.Meter) (issuing.Observer, error) {
	duration, err := meter.Float64Histogram("issuing.client.call.duration", metric.WithUnit("s"),
		metric.WithDescription("Duration of calls, with their attempts and waits."),
		metric.WithExplicitBucketBoundaries(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30))
	if err != nil {
		return issuing.Observer{}, err
	}
	return issuing.Observer{
		Start: func(ctx context.Context, call issuing.CallStart) context.Context {
			ctx, _ = tracer.Start(ctx, call.Provider+" "+call.Op)
			return ctx
		},
		End: func(ctx context.Context, call issuing.CallEnd) {
			labels := []attribute.KeyValue{
				attribute.String("issuing.provider", call.Provider), attribute.String("issuing.operation", call.Op),
			}
			span := trace.SpanFromContext(ctx)
			if name := issuing.KindName(call.Kind); name != "" {
				labels = append(labels, attribute.String("error.type", name))
				span.SetStatus(codes.Error, name)
			}
			span.SetAttributes(append(labels, attribute.String("issuing.key", call.Key), attribute.Int("issuing.attempts",
				call.Attempts))...)
			span.End()
			duration.Record(ctx, call.Duration.Seconds(), metric.WithAttributes(labels...))
		},
	}, nil
}

// watch measures orders by state, and how late the oldest question is: what alarms are
// made of.
func (t *telemetry) watch(s *store) error {
	orders, err := t.meter.Int64ObservableGauge("merchant.orders",
		metric.WithDescription("Orders that are not final, by state."))
	if err != nil {
		return err
	}
	late, err := t.meter.Float64ObservableGauge("merchant.due.age", metric.WithUnit("s"),
		metric.WithDescription("How late the oldest question or attempt is."))
	if err != nil {
		return err
	}
	_, err = t.meter.RegisterCallback(func(ctx context.Context, out metric.Observer) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		counts, oldest, err := s.pulse(ctx)
		for st, n := range counts {
			out.ObserveInt64(orders, n, metric.WithAttributes(attribute.String("state", string(st))))
		}
		out.ObserveFloat64(late, oldest.Seconds())
		return err
	}, orders, late)
	return err
}

// callbackSeen is told of every callback.
func (m *merchant) callbackSeen(ctx context.Context, r webhook.Report) {
	m.seen.add(r)
	m.signals.callbacks.Add(ctx, 1, metric.WithAttributes(
		attribute.String("issuing.provider", r.Provider), attribute.String("outcome", string(r.Outcome))))
	if !r.Outcome.Acknowledged() {
		slog.WarnContext(ctx, "callback not acknowledged", "provider", r.Provider, "type", r.Type, "id", r.ID,
			"outcome", r.Outcome, "status", r.Status, "reason", r.Err, "hint", r.Hint())
	}
}
