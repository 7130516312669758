package sm

import (
	"context"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

const pageSize = 100

// List yields the names below the link's prefix that start with prefix, with the
// id of their current version, 100 a call. Secrets pending deletion are left out,
// and so are names that [secretmux.ValidateName] does not take. The service's list
// may be five minutes behind. It needs secretsmanager:ListSecrets.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		full := p.session.Prefix() + prefix
		in := secretsmanager.ListSecretsInput{MaxResults: aws.Int32(pageSize)}
		if full != "" {
			in.Filters = []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{full}}}
		}
		if strings.ContainsFunc(full, notInName) || len(full) > maxName {
			return // no name starts like this, and a "!" would negate the filter
		}
		seen := map[string]bool{}
		for {
			out, err := session.Call(ctx, p.session, (*secretsmanager.Client).ListSecrets, &in)
			if err == nil && out.SecretList == nil {
				err = errNoList
			}
			if err == nil && out.NextToken != nil && seen[*out.NextToken] {
				err = errEndless
			}
			if err != nil {
				yield(secretmux.Info{}, p.classify(ctx, "list", "", err))
				return
			}
			if !p.yieldPage(out.SecretList, full, yield) || out.NextToken == nil || *out.NextToken == "" {
				return
			}
			seen[*out.NextToken] = true
			in.NextToken = out.NextToken
		}
	}
}

// yieldPage reports whether the caller wants more.
func (p *Provider) yieldPage(page []types.SecretListEntry, full string, yield func(secretmux.Info, error) bool) bool {
	for _, entry := range page {
		if entry.Name == nil || entry.DeletedDate != nil || !strings.HasPrefix(*entry.Name, full) {
			continue
		}
		name := strings.TrimPrefix(*entry.Name, p.session.Prefix())
		if secretmux.ValidateName(name) != nil || strings.ContainsFunc(name, notInName) {
			continue
		}
		if !yield(secretmux.Info{Name: name, Version: current(entry.SecretVersionsToStages), Source: p.source}, nil) {
			return false
		}
	}
	return true
}

// current returns the id of the version that is labelled AWSCURRENT.
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
