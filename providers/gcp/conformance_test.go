package gcp_test

import (
	"context"
	"strings"
	"testing"

	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, gcp.Options{}) })
}

// All options that change the calls are set together.
func TestConformanceRegional(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		return harness(t, gcp.Options{Location: "europe-west3", Prefix: "app_", Separator: "--", Alias: "latest-enabled", Metadata: true},
			conformance.CapNested, conformance.CapCreated)
	})
}

func TestConformanceThroughChain(t *testing.T) {
	conformance.RunThrough(t,
		func(t *testing.T) *conformance.Harness { return harness(t, gcp.Options{}) },
		chain)
}

// chain makes a chain of one link.
func chain(p secretmux.Provider) secretmux.Provider {
	c, err := secretmux.NewChain(p)
	if err != nil {
		panic(err)
	}
	return c
}

func harness(t *testing.T, opts gcp.Options, also ...conformance.Capability) *conformance.Harness {
	t.Helper()
	f := newFake()
	f.location = opts.Location
	f.set("another-team--", []byte("x")) // no name gives this secret if there is a separator
	address, server := serve(t, f)
	opts.Project, opts.Endpoint = project, address
	p := open(t, opts)
	id := func(name string) string {
		separator := opts.Separator
		if separator == "" {
			separator = "/"
		}
		return opts.Prefix + strings.ReplaceAll(name, "/", separator)
	}
	return &conformance.Harness{
		Provider: p,
		Set:      func(_ *testing.T, name string, value []byte) { f.set(id(name), value) },
		Delete:   func(_ *testing.T, name string) { f.delete(id(name)) },
		Disable:  func(_ *testing.T, name string) { f.turn(id(name), 0, secretmanagerpb.SecretVersion_DISABLED) },
		Fail:     func(_ *testing.T, name string, class error) { f.answerWith(id(name), failing(id(name), class)) },
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable,
			secretmux.ErrCorrupt, secretmux.ErrTooLarge, secretmux.ErrInvalid,
		},
		Hang: func(_ *testing.T, name string) {
			f.answerWith(id(name), func(ctx context.Context, _ []byte) (*secretmanagerpb.AccessSecretVersionResponse, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})
		},
		Down:           func(*testing.T) { server.Stop() },
		MissingVersion: "999999",
		Calls:          func() int { return int(f.calls.Load()) },
		Reopen: func(t *testing.T, address *secretmux.URI) secretmux.Provider {
			again, err := gcp.Backend()[address.Scheme](t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = secretmux.Close(again) })
			return again
		},
		Capabilities: append([]conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
			conformance.CapLines, conformance.CapVersions, conformance.CapPrevious, conformance.CapList, conformance.CapDescribe, conformance.CapCheck,
			conformance.CapDisable, conformance.CapFail, conformance.CapHang, conformance.CapDown,
		}, also...),
	}
}

// failing answers with class and quotes the value in each place where a server
// can.
func failing(id string, class error) func(context.Context, []byte) (*secretmanagerpb.AccessSecretVersionResponse, error) {
	code := map[error]codes.Code{
		secretmux.ErrDenied: codes.PermissionDenied, secretmux.ErrUnauthenticated: codes.Unauthenticated,
		secretmux.ErrThrottled: codes.ResourceExhausted, secretmux.ErrUnavailable: codes.Unavailable, secretmux.ErrInvalid: codes.InvalidArgument,
	}[class]
	return func(_ context.Context, value []byte) (*secretmanagerpb.AccessSecretVersionResponse, error) {
		good := payload("projects/"+number+"/secrets/"+id+"/versions/1", value)
		switch class {
		case secretmux.ErrCorrupt:
			*good.Payload.DataCrc32C++
			return good, nil
		case secretmux.ErrTooLarge:
			good.Payload.Data = []byte(strings.Repeat(string(value), 1<<20))
			return good, nil
		}
		return nil, status.Error(code, "quoting "+string(value))
	}
}
