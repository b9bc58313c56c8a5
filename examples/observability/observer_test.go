package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// bench is a client with an observer, and what a collector would get of it.
type bench struct {
	server *worldcardtest.Server
	client *worldcard.Client
	spans  *tracetest.InMemoryExporter
	reader *sdkmetric.ManualReader
}

func open(t *testing.T, opts ...issuing.Option) *bench {
	t.Helper()
	b := &bench{spans: tracetest.NewInMemoryExporter(), reader: sdkmetric.NewManualReader()}
	observer, err := NewObserver(trace.NewTracerProvider(trace.WithSyncer(b.spans)),
		sdkmetric.NewMeterProvider(sdkmetric.WithReader(b.reader)))
	if err != nil {
		t.Fatal(err)
	}
	if b.server, err = worldcardtest.NewServer(worldcardtest.Config{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.server.Close)
	b.client, err = worldcard.New(b.server.ClientConfig(), append([]issuing.Option{issuing.WithObserver(observer)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func attributes(span tracetest.SpanStub) map[string]string {
	out := map[string]string{}
	for _, a := range span.Attributes {
		out[string(a.Key)] = a.Value.Emit()
	}
	return out
}

// TestSpans: a call is a span, its attempts are its children in their order, and what a
// later attempt healed is no error of the call.
func TestSpans(t *testing.T) {
	t.Parallel()
	b := open(t)
	if err := b.server.Inject("Virtual.BINs", issuingtest.DropAfter()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.client.Virtual.BINs(t.Context(), worldcard.BINsRequest{}); err != nil {
		t.Fatal(err)
	}
	spans := b.spans.GetSpans()
	if len(spans) != 3 {
		t.Fatalf("%d spans", len(spans))
	}
	first, second, call := spans[0], spans[1], spans[2]
	for _, attempt := range []tracetest.SpanStub{first, second} {
		if attempt.Parent.SpanID() != call.SpanContext.SpanID() || attempt.SpanKind != oteltrace.SpanKindClient ||
			attempt.Name != "POST /api/v1/card/virtual/bin/list" {
			t.Errorf("an attempt is %+v", attempt)
		}
	}
	if call.Name != "worldcard Virtual.BINs" || call.SpanKind != oteltrace.SpanKindInternal || call.Status.Code != codes.Unset ||
		attributes(call)["issuing.attempts"] != "2" {
		t.Errorf("the call is %+v", call)
	}
	one, two := attributes(first), attributes(second)
	if first.Status.Code != codes.Error || one["error.type"] != "unavailable" || one["http.request.resend_count"] != "" {
		t.Errorf("the lost attempt has %v, %v", first.Status, one)
	}
	if second.Status.Code != codes.Unset || two["http.response.status_code"] != "200" || two["http.request.resend_count"] != "1" ||
		two["server.address"] != "127.0.0.1" || two["server.port"] == "" || two["url.template"] != "/api/v1/card/virtual/bin/list" {
		t.Errorf("the repeat has %v, %v", second.Status, two)
	}
}

// TestRefusals: a refusal that comes with HTTP 200 is an error of the call and of its
// metric, not of the attempt; one that is not sent has no attempt.
func TestRefusals(t *testing.T) {
	t.Parallel()
	b := open(t)
	_, err := b.client.Virtual.Card(t.Context(), worldcard.ByCardID("4711"))
	if !errors.Is(err, issuing.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := b.client.Cards.Deposit(t.Context(), worldcard.DepositRequest{}); !errors.Is(err, issuing.ErrInvalid) {
		t.Fatal(err)
	}
	spans := b.spans.GetSpans()
	if len(spans) != 3 {
		t.Fatalf("%d spans", len(spans))
	}
	attempt, refused, unsent := spans[0], spans[1], spans[2]
	if attempt.Status.Code != codes.Unset || attributes(attempt)["http.response.status_code"] != "200" {
		t.Errorf("the attempt is %+v", attempt)
	}
	if refused.Status.Code != codes.Error || attributes(refused)["error.type"] != "not_found" || attributes(refused)["issuing.code"] == "" {
		t.Errorf("the call is %+v", refused)
	}
	if unsent.Name != "worldcard Cards.Deposit" || attributes(unsent)["error.type"] != "invalid" || attributes(unsent)["issuing.attempts"] != "0" {
		t.Errorf("the unsent call is %+v", unsent)
	}
	for _, span := range spans {
		for name, value := range attributes(span) {
			if strings.Contains(value, "://") {
				t.Errorf("%s of %s is an address: %s", name, span.Name, value)
			}
		}
	}

	var all metricdata.ResourceMetrics
	if err := b.reader.Collect(context.Background(), &all); err != nil {
		t.Fatal(err)
	}
	counts := map[string]uint64{}
	for _, point := range all.ScopeMetrics[0].Metrics[0].Data.(metricdata.Histogram[float64]).DataPoints {
		kind, _ := point.Attributes.Value("error.type")
		op, _ := point.Attributes.Value("issuing.operation")
		counts[op.AsString()+" "+kind.AsString()] = point.Count
		if point.Attributes.Len() > 3 {
			t.Errorf("a metric with %d labels", point.Attributes.Len())
		}
	}
	if counts["Virtual.Card not_found"] != 1 || counts["Cards.Deposit invalid"] != 1 || len(counts) != 2 {
		t.Errorf("measured %v", counts)
	}
}

// TestParent: spans hang below the merchant's own.
func TestParent(t *testing.T) {
	t.Parallel()
	b := open(t)
	own := tracetest.NewInMemoryExporter()
	ctx, parent := trace.NewTracerProvider(trace.WithSyncer(own)).Tracer("shop").Start(t.Context(), "checkout")
	if _, err := b.client.Virtual.BINs(ctx, worldcard.BINsRequest{}); err != nil {
		t.Fatal(err)
	}
	parent.End()
	spans := b.spans.GetSpans()
	if call := spans[len(spans)-1]; call.Parent.SpanID() != parent.SpanContext().SpanID() {
		t.Errorf("the call's parent is %v", call.Parent)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"worldcard Virtual.BINs", "http.request.resend_count=1", "error.type=not_found", "issuing.client.call.duration count=2"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}
