package ps

import (
	"context"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

const pageSize = 50

// Page returns a page of the names below the folder that start with prefix, and the
// token of the next page, which is empty if there is none. It leaves out parameters
// whose names Get refuses, such as /password if the folder is not "/".
func (s *Service) Page(ctx context.Context, prefix, token string) (page []secretmux.Info, next string, err error) {
	if badName(rooted(s.Config().Prefix + prefix)) {
		return nil, "", nil // no name starts like this
	}
	in := ssm.DescribeParametersInput{MaxResults: aws.Int32(pageSize), ParameterFilters: s.filters(prefix)}
	if token != "" {
		in.NextToken = &token
	}
	out, err := session.Call(ctx, s.Session, func(c *calls) (*ssm.DescribeParametersOutput, error) {
		return c.DescribeParameters(ctx, &in)
	})
	switch {
	case err != nil:
		return nil, "", err
	case out.Parameters == nil:
		return nil, "", corrupt("the answer has no list")
	case out.NextToken != nil:
		next = *out.NextToken
	}
	for i := range out.Parameters {
		if info, ok := s.info(&out.Parameters[i]); ok && strings.HasPrefix(info.Name, prefix) {
			page = append(page, info)
		}
	}
	return page, next, nil
}

// filters narrows the list in the service, to names that start with the full prefix,
// with or without "/" in front.
func (s *Service) filters(prefix string) []types.ParameterStringFilter {
	full := s.Config().Prefix + prefix
	if full == "" {
		return nil
	}
	starts := []string{rooted(full)}
	if !strings.HasPrefix(starts[0], "/") {
		starts = append(starts, "/"+full)
	}
	return []types.ParameterStringFilter{{Key: aws.String("Name"), Option: aws.String("BeginsWith"), Values: starts}}
}

func (s *Service) info(entry *types.ParameterMetadata) (info secretmux.Info, ok bool) {
	info = timesOf(entry)
	info.Name, ok = s.name(entry.Name)
	return info, ok
}

// timesOf copies the version and its time. A tag is not a part of a parameter: each
// change is a new version, and the time belongs to that version.
func timesOf(entry *types.ParameterMetadata) (info secretmux.Info) {
	if entry.Version > 0 {
		info.Version = strconv.FormatInt(entry.Version, 10)
	}
	info.VersionCreated = aws.ToTime(entry.LastModifiedDate)
	info.Created, info.Updated = info.VersionCreated, info.VersionCreated
	return info
}

// name is the reverse of ID.
func (s *Service) name(full *string) (string, bool) {
	if full == nil || badName(*full) {
		return "", false
	}
	folder := s.Config().Prefix
	for _, name := range []string{*full, strings.TrimPrefix(*full, "/")} {
		name, below := strings.CutPrefix(name, folder)
		if below && secretmux.ValidateName(name) == nil && rooted(folder+name) == *full {
			return name, true
		}
	}
	return "", false
}
