package gcp_test

import (
	"context"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	project = "my-project"
	number  = "123456789012" // answers have this number instead of the project's id
)

// fake is a Secret Manager that speaks gRPC. Its messages are those of the real one.
type fake struct {
	secretmanagerpb.UnimplementedSecretManagerServiceServer
	calls atomic.Int64

	mu       sync.Mutex
	location string
	secrets  map[string]*fakeSecret
	// access stands in for AccessSecretVersion of a secret.
	access map[string]func(ctx context.Context, value []byte) (*secretmanagerpb.AccessSecretVersionResponse, error)
	// refuse is the error of a method, by its name.
	refuse map[string]error
}

type fakeSecret struct {
	versions []*fakeVersion // the version n is at n-1
	aliases  map[string]int
	expires  time.Time
	made     time.Time // the secret itself
	rotation time.Time
}

type fakeVersion struct {
	data  []byte
	state secretmanagerpb.SecretVersion_State
	made  time.Time
}

func newFake() *fake {
	return &fake{
		secrets: map[string]*fakeSecret{},
		access:  map[string]func(context.Context, []byte) (*secretmanagerpb.AccessSecretVersionResponse, error){},
		refuse:  map[string]error{},
	}
}

func (f *fake) set(id string, value []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.secrets[id] == nil {
		f.secrets[id] = &fakeSecret{aliases: map[string]int{}}
	}
	f.secrets[id].versions = append(f.secrets[id].versions,
		&fakeVersion{slices.Clone(value), secretmanagerpb.SecretVersion_ENABLED, time.Now()})
}

// turn changes the state of a version, 0 for the latest.
func (f *fake) turn(id string, version int, state secretmanagerpb.SecretVersion_State) {
	f.mu.Lock()
	defer f.mu.Unlock()
	versions := f.secrets[id].versions
	if version == 0 {
		version = len(versions)
	}
	versions[version-1].state = state
}

func (f *fake) delete(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.secrets, id)
}

// change changes a secret of its own.
func (f *fake) change(id string, how func(*fakeSecret)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how(f.secrets[id])
}

func (f *fake) refuseMethod(method string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse[method] = err
}

// answerWith makes how answer the reads of a secret.
func (f *fake) answerWith(id string, how func(ctx context.Context, value []byte) (*secretmanagerpb.AccessSecretVersionResponse, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.access[id] = how
}

func (f *fake) parent(of string) string {
	if f.location != "" {
		return "projects/" + of + "/locations/" + f.location
	}
	return "projects/" + of
}

// find returns the version of a request's name and its own name.
func (f *fake) find(resource string) (*fakeVersion, string, error) {
	rest, ok := strings.CutPrefix(resource, f.parent(project)+"/secrets/")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 || parts[1] != "versions" {
		return nil, "", status.Errorf(codes.InvalidArgument, "Resource ID [%s] is not in a valid format.", resource)
	}
	s := f.secrets[parts[0]]
	name := f.parent(number) + "/secrets/" + parts[0]
	if s == nil || len(s.versions) == 0 {
		return nil, "", status.Errorf(codes.NotFound, "Secret [%s] not found or has no versions.", name)
	}
	n, err := strconv.Atoi(parts[2])
	if parts[2] == "latest" {
		n = len(s.versions)
	} else if err != nil {
		n = s.aliases[parts[2]]
	}
	if n < 1 || n > len(s.versions) {
		return nil, "", status.Errorf(codes.NotFound, "Secret Version [%s/versions/%s] not found.", name, parts[2])
	}
	return s.versions[n-1], fmt.Sprintf("%s/versions/%d", name, n), nil
}

func (f *fake) AccessSecretVersion(ctx context.Context, r *secretmanagerpb.AccessSecretVersionRequest) (*secretmanagerpb.AccessSecretVersionResponse, error) {
	f.calls.Add(1)
	f.mu.Lock()
	v, name, err := f.find(r.GetName())
	refused := f.refuse["AccessSecretVersion"]
	var how func(context.Context, []byte) (*secretmanagerpb.AccessSecretVersionResponse, error)
	if parts := strings.Split(r.GetName(), "/"); len(parts) > 2 {
		how = f.access[parts[len(parts)-3]]
	}
	f.mu.Unlock()
	switch {
	case refused != nil:
		return nil, refused
	case how != nil && v != nil:
		return how(ctx, v.data)
	case err != nil:
		return nil, err
	case v.state != secretmanagerpb.SecretVersion_ENABLED:
		return nil, status.Errorf(codes.FailedPrecondition, "Secret Version [%s] is in %s state.", name, v.state)
	}
	return payload(name, v.data), nil
}

// payload is a good answer.
func payload(name string, data []byte) *secretmanagerpb.AccessSecretVersionResponse {
	sum := int64(crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)))
	return &secretmanagerpb.AccessSecretVersionResponse{
		Name: name, Payload: &secretmanagerpb.SecretPayload{Data: data, DataCrc32C: &sum},
	}
}

func (f *fake) GetSecretVersion(_ context.Context, r *secretmanagerpb.GetSecretVersionRequest) (*secretmanagerpb.SecretVersion, error) {
	f.calls.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	v, name, err := f.find(r.GetName())
	if refused := f.refuse["GetSecretVersion"]; refused != nil {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	return &secretmanagerpb.SecretVersion{Name: name, State: v.state, CreateTime: timestamppb.New(v.made)}, nil
}
