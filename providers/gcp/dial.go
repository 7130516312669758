package gcp

import (
	"context"
	"errors"
	"log/slog"
	"time"

	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
)

// errClient stands for what the SDK said, which can quote settings.
var errClient = errors.New("the client can't be made from these settings")

// probe says whether this process runs on Google Cloud.
type probe func(ctx context.Context) bool

// dial makes a client. It connects at the first call; what takes time here is to
// find credentials.
func dial(ctx context.Context, o Options, onGoogleCloud probe) (*secretmanager.Client, error) {
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
		options = append(options, option.WithoutAuthentication(),
			option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())))
	} else {
		creds, err := credentialsFor(ctx, o, onGoogleCloud)
		if err != nil {
			return nil, err
		}
		options = append(options, option.WithAuthCredentials(creds))
	}
	c, err := secretmanager.NewClient(ctx, append(options, o.ClientOptions...)...)
	if err != nil {
		return nil, errClient
	}
	return c, nil
}

// connectParams keep the pause between attempts to connect below that of the
// store, whose attempts would meet a connection that waits.
func connectParams() grpc.ConnectParams {
	return grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: 500 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 10 * time.Second},
		MinConnectTimeout: 10 * time.Second,
	}
}
