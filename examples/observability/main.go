// Observability shows the traces and metrics of calls with OpenTelemetry: a span for
// each call, a child for each attempt, and the duration of calls by provider, operation
// and kind of error.
//
//	go -C examples/observability run .
//
// It needs no network, no keys and no arguments: it makes three calls of WorldCard's
// platform in memory, one of which loses its first answer, and prints what a collector
// would get. Copy observer.go, and give it the providers of your exporters.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "observability:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	exporter, reader := tracetest.NewInMemoryExporter(), sdkmetric.NewManualReader()
	observer, err := NewObserver(trace.NewTracerProvider(trace.WithSyncer(exporter)),
		sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	if err != nil {
		return err
	}
	server, err := worldcardtest.NewServer(worldcardtest.Config{})
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := worldcard.New(server.ClientConfig(), issuing.WithObserver(observer))
	if err != nil {
		return err
	}
	bins, err := client.Virtual.BINs(ctx, worldcard.BINsRequest{})
	if err != nil {
		return err
	}
	if err := server.Inject("Virtual.BINs", issuingtest.DropAfter()); err != nil {
		return err
	}
	if _, err := client.Virtual.BINs(ctx, worldcard.BINsRequest{}); err != nil {
		return err
	}
	_, _ = client.Virtual.Card(ctx, worldcard.ByCardID("1")) // there is none
	fmt.Fprintf(out, "%d BINs read twice, the first answer of the second call lost; one card that does not exist\n\n", len(bins.List))
	printSpans(out, exporter.GetSpans())
	return printMetrics(ctx, out, reader)
}

func printSpans(out io.Writer, spans tracetest.SpanStubs) {
	fmt.Fprintln(out, "Spans")
	for _, call := range spans {
		if call.Parent.IsValid() {
			continue
		}
		fmt.Fprintf(out, "  %s%s\n", call.Name, outcome(call))
		for _, attempt := range spans {
			if attempt.Parent.SpanID() == call.SpanContext.SpanID() {
				fmt.Fprintf(out, "    %s%s\n", attempt.Name, outcome(attempt))
			}
		}
	}
}

func outcome(span tracetest.SpanStub) string {
	var parts []string
	for _, a := range span.Attributes {
		switch string(a.Key) {
		case "error.type", "http.response.status_code", "http.request.resend_count", "issuing.attempts", "issuing.code":
			parts = append(parts, string(a.Key)+"="+a.Value.Emit())
		}
	}
	return "  " + strings.Join(parts, " ")
}

func printMetrics(ctx context.Context, out io.Writer, reader *sdkmetric.ManualReader) error {
	var all metricdata.ResourceMetrics
	if err := reader.Collect(ctx, &all); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nMetrics")
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			histogram, ok := m.Data.(metricdata.Histogram[float64])
			if !ok {
				continue
			}
			for _, point := range histogram.DataPoints {
				fmt.Fprintf(out, "  %s count=%d %s\n", m.Name, point.Count, point.Attributes.Encoded(attribute.DefaultEncoder()))
			}
		}
	}
	return nil
}
