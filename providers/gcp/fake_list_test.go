package gcp_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func (f *fake) ListSecrets(_ context.Context, r *secretmanagerpb.ListSecretsRequest) (*secretmanagerpb.ListSecretsResponse, error) {
	f.calls.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if refused := f.refuse["ListSecrets"]; refused != nil {
		return nil, refused
	}
	if r.GetParent() != f.parent(project) {
		return nil, status.Error(codes.InvalidArgument, "Invalid parent.")
	}
	ids := slices.Sorted(maps.Keys(f.secrets))
	page, next := pageOf(ids, r.GetPageToken(), int(r.GetPageSize()))
	answer := &secretmanagerpb.ListSecretsResponse{NextPageToken: next, TotalSize: int32(len(ids))}
	for _, id := range page {
		s := &secretmanagerpb.Secret{Name: f.parent(number) + "/secrets/" + id}
		if made := f.secrets[id].made; !made.IsZero() {
			s.CreateTime = timestamppb.New(made)
		}
		if next := f.secrets[id].rotation; !next.IsZero() {
			s.Rotation = &secretmanagerpb.Rotation{NextRotationTime: timestamppb.New(next)}
		}
		if expires := f.secrets[id].expires; !expires.IsZero() {
			s.Expiration = &secretmanagerpb.Secret_ExpireTime{ExpireTime: timestamppb.New(expires)}
		}
		answer.Secrets = append(answer.Secrets, s)
	}
	return answer, nil
}

func (f *fake) ListSecretVersions(_ context.Context, r *secretmanagerpb.ListSecretVersionsRequest) (*secretmanagerpb.ListSecretVersionsResponse, error) {
	f.calls.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if refused := f.refuse["ListSecretVersions"]; refused != nil {
		return nil, refused
	}
	id, ok := strings.CutPrefix(r.GetParent(), f.parent(project)+"/secrets/")
	s := f.secrets[id]
	if !ok || s == nil {
		return nil, status.Errorf(codes.NotFound, "Secret [%s/secrets/%s] not found.", f.parent(number), id)
	}
	answer := &secretmanagerpb.ListSecretVersionsResponse{}
	for n, v := range slices.Backward(s.versions) {
		if r.GetFilter() == "state:ENABLED" && v.state != secretmanagerpb.SecretVersion_ENABLED {
			continue
		}
		answer.Versions = append(answer.Versions, &secretmanagerpb.SecretVersion{
			Name: fmt.Sprintf("%s/secrets/%s/versions/%d", f.parent(number), id, n+1), State: v.state,
		})
	}
	return answer, nil
}

// pageOf returns one page of all. Its token is the start of the next page.
func pageOf(all []string, token string, size int) (page []string, next string) {
	start, err := strconv.Atoi(token)
	if err != nil {
		start = 0
	}
	end := min(start+size, len(all))
	if end < len(all) {
		next = strconv.Itoa(end)
	}
	return all[start:end], next
}
