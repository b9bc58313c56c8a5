package main

import (
	"context"
	"net"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	issuing "github.com/issuing-sdk/issuing-go"
)

const scope = "github.com/issuing-sdk/issuing-go"

// NewObserver returns an observer that makes a span of each call, with a child for each
// of its attempts, and measures calls. It uses the providers that it is given and no
// global one.
//
// No span has the URL: paths hold card ids. Keys and request ids are attributes of spans
// and none of metrics, which would grow with every order.
func NewObserver(traces trace.TracerProvider, meters metric.MeterProvider) (issuing.Observer, error) {
	tracer := traces.Tracer(scope)
	duration, err := meters.Meter(scope).Float64Histogram("issuing.client.call.duration",
		metric.WithUnit("s"), metric.WithDescription("Duration of calls, with their attempts and waits."),
		metric.WithExplicitBucketBoundaries(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120))
	if err != nil {
		return issuing.Observer{}, err
	}
	return issuing.Observer{
		Start: func(ctx context.Context, call issuing.CallStart) context.Context {
			ctx, _ = tracer.Start(ctx, call.Provider+" "+call.Op, trace.WithAttributes(
				attribute.String("issuing.provider", call.Provider), attribute.String("issuing.operation", call.Op),
				attribute.String("issuing.safety", call.Safety)))
			return ctx
		},
		End: func(ctx context.Context, call issuing.CallEnd) {
			endCall(trace.SpanFromContext(ctx), call)
			labels := []attribute.KeyValue{
				attribute.String("issuing.provider", call.Provider), attribute.String("issuing.operation", call.Op),
			}
			if call.Err != nil {
				labels = append(labels, attribute.String("error.type", issuing.KindName(call.Kind)))
			}
			duration.Record(ctx, call.Duration.Seconds(), metric.WithAttributes(labels...))
		},
		StartAttempt: func(ctx context.Context, attempt issuing.AttemptStart) context.Context {
			ctx, span := tracer.Start(ctx, attempt.Method+" "+attempt.Template, trace.WithSpanKind(trace.SpanKindClient),
				trace.WithAttributes(attribute.String("http.request.method", attempt.Method),
					attribute.String("url.template", attempt.Template)), trace.WithAttributes(server(attempt.Host)...))
			if attempt.Attempt > 1 {
				span.SetAttributes(attribute.Int("http.request.resend_count", attempt.Attempt-1))
			}
			return ctx
		},
		EndAttempt: func(ctx context.Context, attempt issuing.CallEvent) {
			span := trace.SpanFromContext(ctx)
			if attempt.Status != 0 {
				span.SetAttributes(attribute.Int("http.response.status_code", attempt.Status))
			}
			fail(span, attempt.Kind)
			span.End()
		},
	}, nil
}

// server names the peer by the conventions of HTTP clients: address and, where the URL has
// one, port.
func server(host string) []attribute.KeyValue {
	address, port, err := net.SplitHostPort(host)
	number, notNumber := strconv.Atoi(port)
	if err != nil || notNumber != nil {
		return []attribute.KeyValue{attribute.String("server.address", host)}
	}
	return []attribute.KeyValue{attribute.String("server.address", address), attribute.Int("server.port", number)}
}

// endCall ends a call's span. What a later attempt healed is no error of the call.
func endCall(span trace.Span, call issuing.CallEnd) {
	span.SetAttributes(attribute.Int("issuing.attempts", call.Attempts), attribute.Bool("issuing.settled", call.Settled))
	if call.Key != "" {
		span.SetAttributes(attribute.String("issuing.key", call.Key))
	}
	if call.RequestID != "" {
		span.SetAttributes(attribute.String("issuing.request_id", call.RequestID))
	}
	if call.Code != nil {
		span.SetAttributes(attribute.String("issuing.code", call.Code.Error()))
	}
	fail(span, call.Kind)
	span.End()
}

// fail marks a span as failed by its kind. The platform's words stay out of traces.
func fail(span trace.Span, kind error) {
	if kind == nil {
		return
	}
	name := issuing.KindName(kind)
	span.SetAttributes(attribute.String("error.type", name))
	span.SetStatus(codes.Error, name)
}
