package ps

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

const pageSize = 50

// List yields the names below the link's prefix that start with prefix, with
// version and time, 50 a call. Parameters whose names Get can't be asked for are
// left out, such as /password, of one level with a "/" in front. It needs
// ssm:DescribeParameters.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		if strings.ContainsFunc(prefix, notInName) {
			return // no name starts like this
		}
		in := ssm.DescribeParametersInput{MaxResults: aws.Int32(pageSize), ParameterFilters: p.filters(prefix)}
		seen := map[string]bool{}
		for {
			out, err := session.Call(ctx, p.session, (*ssm.Client).DescribeParameters, &in)
			if err == nil && out.Parameters == nil {
				err = errNoList
			}
			if err == nil && out.NextToken != nil && seen[*out.NextToken] {
				err = errEndless
			}
			if err != nil {
				yield(secretmux.Info{}, p.classify(ctx, "list", "", err))
				return
			}
			if !p.yieldPage(out.Parameters, prefix, yield) || out.NextToken == nil || *out.NextToken == "" {
				return
			}
			seen[*out.NextToken] = true
			in.NextToken = out.NextToken
		}
	}
}

// filters narrows the list down on the side of the service: to names that start
// with the full prefix, with "/" in front or without.
func (p *Provider) filters(prefix string) []types.ParameterStringFilter {
	full := p.session.Prefix() + prefix
	if full == "" {
		return nil
	}
	starts := []string{rooted(full)}
	if !strings.HasPrefix(starts[0], "/") {
		starts = append(starts, "/"+full)
	}
	return []types.ParameterStringFilter{{Key: aws.String("Name"), Option: aws.String("BeginsWith"), Values: starts}}
}

// yieldPage reports whether the caller wants more.
func (p *Provider) yieldPage(page []types.ParameterMetadata, prefix string, yield func(secretmux.Info, error) bool) bool {
	for _, entry := range page {
		name, ok := p.name(entry.Name)
		if !ok || !strings.HasPrefix(name, prefix) {
			continue
		}
		info := secretmux.Info{Name: name, Source: p.source}
		if entry.Version > 0 {
			info.Version = strconv.FormatInt(entry.Version, 10)
		}
		if entry.LastModifiedDate != nil {
			info.Created = *entry.LastModifiedDate
		}
		if !yield(info, nil) {
			return false
		}
	}
	return true
}

// name is the reverse of id.
func (p *Provider) name(full *string) (string, bool) {
	if full == nil {
		return "", false
	}
	for _, name := range []string{*full, strings.TrimPrefix(*full, "/")} {
		name, below := strings.CutPrefix(name, p.session.Prefix())
		if below && secretmux.ValidateName(name) == nil && !strings.ContainsFunc(name, notInName) &&
			rooted(p.session.Prefix()+name) == *full {
			return name, true
		}
	}
	return "", false
}
