package gcp_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/api/option"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// The faults of any server come in plain HTTP/2 over TLS, like the answers of a
// proxy. The faults of Secret Manager come in gRPC. Every call has a token.
func TestFaultScript(t *testing.T) {
	faultscript.Run(t, func(t *testing.T, fault faultscript.Fault) *faultscript.Subject {
		t.Helper()
		switch fault {
		case faultscript.RefusedConnection:
			p := open(t, gcp.Options{Project: project, Endpoint: faultscript.Refused(t)})
			return &faultscript.Subject{Provider: p, Calls: func() int { return 0 }}
		case faultscript.NXDomain:
			return noHost(t)
		}
		handler, ok := faultscript.HTTP(t, fault)
		if native := playing(fault); native != nil {
			handler, ok = grpcHandler(native), true
		}
		if !ok {
			t.Fatalf("no server plays %q", fault)
		}
		counted, calls := faultscript.Count(handler)
		return &faultscript.Subject{Provider: open(t, secure(t, counted, faultscript.Credential)), Calls: calls}
	})
}

func noHost(t *testing.T) *faultscript.Subject {
	t.Helper()
	var none faultscript.NoHost
	p := open(t, gcp.Options{
		Project: project, Location: "nowhere-west1",
		Credentials: auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: fixedToken(faultscript.Credential)}),
		ClientOptions: []option.ClientOption{dialing(func(ctx context.Context, address string) (net.Conn, error) {
			return none.DialContext(ctx, "tcp", address)
		})},
	})
	return &faultscript.Subject{Provider: p, Calls: none.Calls}
}

// playing returns a fake that plays a fault in Secret Manager's own way, or nil.
func playing(fault faultscript.Fault) *fake {
	f := newFake()
	name := faultscript.DefaultName
	f.set(name, []byte(faultscript.Canary+"-older"))
	f.set(name, []byte(faultscript.Canary+"-newer"))
	answer := func(version string, data string) *secretmanagerpb.AccessSecretVersionResponse {
		return payload("projects/"+number+"/secrets/"+name+"/versions/"+version, []byte(data))
	}
	access := func(how func() (*secretmanagerpb.AccessSecretVersionResponse, error)) *fake {
		f.answerWith(name, func(context.Context, []byte) (*secretmanagerpb.AccessSecretVersionResponse, error) { return how() })
		return f
	}
	fails := func(code codes.Code, reason string, more ...protoadapt.MessageV1) *fake {
		err := grpcError(code, "quoting "+faultscript.Canary, reason, more...)
		return access(func() (*secretmanagerpb.AccessSecretVersionResponse, error) { return nil, err })
	}
	switch fault {
	case faultscript.Absent:
		f.delete(name)
		return f
	case faultscript.Deleted:
		f.turn(name, 0, secretmanagerpb.SecretVersion_DESTROYED)
		return f
	case faultscript.Disabled:
		f.turn(name, 0, secretmanagerpb.SecretVersion_DISABLED)
		return f
	case faultscript.Denied:
		return fails(codes.PermissionDenied, "IAM_PERMISSION_DENIED")
	case faultscript.Unauthenticated:
		return fails(codes.Unauthenticated, "ACCESS_TOKEN_EXPIRED")
	case faultscript.Throttled:
		return fails(codes.ResourceExhausted, "RATE_LIMIT_EXCEEDED", &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Hour)})
	case faultscript.EmptyObject: // a message without fields has zero bytes
		return access(func() (*secretmanagerpb.AccessSecretVersionResponse, error) {
			return &secretmanagerpb.AccessSecretVersionResponse{}, nil
		})
	case faultscript.WrongChecksum:
		return access(func() (*secretmanagerpb.AccessSecretVersionResponse, error) {
			wrong := answer("2", faultscript.Canary)
			*wrong.Payload.DataCrc32C++
			return wrong, nil
		})
	case faultscript.TooLarge:
		return access(func() (*secretmanagerpb.AccessSecretVersionResponse, error) {
			return answer("2", strings.Repeat(faultscript.Canary, 2<<20/len(faultscript.Canary))), nil
		})
	case faultscript.Backwards:
		version := "2"
		return access(func() (*secretmanagerpb.AccessSecretVersionResponse, error) {
			defer func() { version = "1" }()
			return answer(version, faultscript.Canary), nil
		})
	}
	return nil
}

// grpcError is an error in the form of Google's services.
func grpcError(code codes.Code, text, reason string, more ...protoadapt.MessageV1) error {
	s := status.New(code, text)
	details := append([]protoadapt.MessageV1{&errdetails.ErrorInfo{
		Reason: reason, Domain: "googleapis.com", Metadata: map[string]string{"service": "secretmanager.googleapis.com", "quote": text},
	}}, more...)
	with, err := s.WithDetails(details...)
	if err != nil {
		return err
	}
	return with.Err()
}

// A proxy gives the faults of the script another form than gRPC does.
func TestFaultsOfAProxy(t *testing.T) {
	for _, fault := range []faultscript.Fault{faultscript.Throttled, faultscript.EmptyObject, faultscript.TooLarge} {
		t.Run(string(fault), func(t *testing.T) {
			handler, _ := faultscript.HTTP(t, fault)
			counted, calls := faultscript.Count(handler)
			p := open(t, secure(t, counted, faultscript.Credential))
			s, err := p.Get(t.Context(), "faulty")
			wantClass(t, "Get", s, err, map[faultscript.Fault]error{
				faultscript.Throttled: errThrottled, faultscript.EmptyObject: errCorrupt, faultscript.TooLarge: errCorrupt,
			}[fault])
			if faultscript.Leaks(err.Error()) || calls() != 1 {
				t.Errorf("%d calls; the error is %q", calls(), err)
			}
		})
	}
}

// A body that is gRPC only by its headers.
func TestGarbledGRPC(t *testing.T) {
	tests := []struct {
		name, body, status string
		want               error
	}{
		{"no message", "", "0", errCorrupt},
		{"not protobuf", "\x00\x00\x00\x00\x04" + faultscript.Canary[:4], "0", errCorrupt},
		{"cut short", "\x00\x00\x00\x01\x00" + faultscript.Canary, "0", errUnavailable},
		{"no status", "\x00\x00\x00\x00\x00", "", errUnavailable},
		{"no number for a status", "", faultscript.Canary, errUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := open(t, secure(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/grpc")
				w.Header().Set("Trailer", "Grpc-Status")
				_, _ = w.Write([]byte(tt.body))
				if tt.status != "" {
					w.Header().Set("Grpc-Status", tt.status)
				}
			}), faultscript.Credential))
			s, err := p.Get(t.Context(), "faulty")
			wantClass(t, "Get", s, err, tt.want)
			if faultscript.Leaks(err.Error()) {
				t.Error("the error quotes the answer")
			}
		})
	}
}
