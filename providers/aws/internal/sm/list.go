package sm

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

const pageSize = 100

// Page returns a page of the names below the folder that start with prefix, and the
// token of the next page, which is empty if there is none. It leaves out secrets that
// are scheduled for deletion.
func (s *Service) Page(ctx context.Context, prefix, token string) (page []secretmux.Info, next string, err error) {
	full := s.Config().Prefix + prefix
	if strings.ContainsFunc(full, notInName) || len(full) > maxName {
		return nil, "", nil // no name starts like this
	}
	in := secretsmanager.ListSecretsInput{MaxResults: aws.Int32(pageSize)}
	if full != "" { // the service reads a "!" in front as "not", so the filter would not match such names
		in.Filters = []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{full}}}
	}
	if token != "" {
		in.NextToken = &token
	}
	out, err := session.Call(ctx, s.Session, func(c *calls) (*secretsmanager.ListSecretsOutput, error) {
		return c.ListSecrets(ctx, &in)
	})
	switch {
	case err != nil:
		return nil, "", err
	case out.SecretList == nil:
		return nil, "", corrupt("the answer has no list")
	case out.NextToken != nil:
		next = *out.NextToken
	}
	for _, entry := range out.SecretList {
		if name, ok := s.name(entry, full); ok {
			page = append(page, describe(name, entry))
		}
	}
	return page, next, nil
}

// describe copies the facts of the list besides the name. CreatedDate is the time
// when the secret was made, which is not the age of its value. LastChangedDate also
// changes with a tag (SecretListEntry of the API reference).
func describe(name string, entry types.SecretListEntry) secretmux.Info {
	return secretmux.Info{
		Name: name, Version: current(entry.SecretVersionsToStages), Created: aws.ToTime(entry.CreatedDate), Updated: aws.ToTime(entry.LastChangedDate),
		LastRotated: aws.ToTime(entry.LastRotatedDate), NextRotation: aws.ToTime(entry.NextRotationDate),
		LastRead: aws.ToTime(entry.LastAccessedDate),
	}
}

// name is the reverse of ID. It returns false for a name that Get would refuse.
func (s *Service) name(entry types.SecretListEntry, full string) (string, bool) {
	if entry.Name == nil || entry.DeletedDate != nil || !strings.HasPrefix(*entry.Name, full) {
		return "", false
	}
	name := strings.TrimPrefix(*entry.Name, s.Config().Prefix)
	return name, secretmux.ValidateName(name) == nil && !strings.ContainsFunc(name, notInName)
}

// current returns the id of the version with the label AWSCURRENT.
func current(stages map[string][]string) string {
	for id, labels := range stages {
		for _, label := range labels {
			if label == "AWSCURRENT" {
				return id
			}
		}
	}
	return ""
}
