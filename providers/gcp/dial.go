package gcp

import (
	"context"
	"log/slog"
	"time"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
)

// dialer returns the function that makes a client with o. The client connects
// later, by itself; only the search for credentials takes time here.
func dialer(o Options, ask probe) func(ctx context.Context, search time.Duration) (*secretmanager.Client, error) {
	s := &searcher{ask: ask}
	return func(ctx context.Context, search time.Duration) (*secretmanager.Client, error) {
		options, err := o.clientOptions(ctx, search, s)
		if err != nil {
			return nil, err
		}
		c, err := secretmanager.NewClient(ctx, append(options, o.ClientOptions...)...)
		if err != nil {
			return nil, errClient // the cause can quote settings
		}
		return c, nil
	}
}

func (o Options) clientOptions(ctx context.Context, search time.Duration, s *searcher) ([]option.ClientOption, error) {
	options := []option.ClientOption{
		// With GOOGLE_SDK_GO_LOGGING_LEVEL=debug the SDK would print payloads.
		option.WithLogger(slog.New(slog.DiscardHandler)),
		option.WithTelemetryDisabled(),
		option.WithGRPCDialOption(grpc.WithConnectParams(connectParams())),
	}
	endpoint := o.Endpoint
	if endpoint == "" && o.Location != "" {
		endpoint = "secretmanager." + o.Location + ".rep.googleapis.com:443"
	}
	if endpoint != "" {
		options = append(options, option.WithEndpoint(endpoint))
	}
	if loopback(endpoint) {
		return append(options, option.WithoutAuthentication(),
			option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials()))), nil
	}
	creds, err := s.credentials(ctx, search, o.Credentials)
	if err != nil {
		return nil, err
	}
	return append(options, option.WithAuthCredentials(creds)), nil
}

// connectParams bound an attempt to connect to half of a call's default time, so
// that a call can report an attempt that hangs, and the next attempt may succeed.
// The pauses between attempts matter only while no call is made; a call ends a
// pause.
func connectParams() grpc.ConnectParams {
	return grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: 500 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 10 * time.Second},
		MinConnectTimeout: 5 * time.Second,
	}
}
