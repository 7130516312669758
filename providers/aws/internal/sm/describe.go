package sm

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

const opVersions = "ListSecretVersionIds"

// Describe returns the description of the version with the label AWSCURRENT. The
// service leaves out versions without a label, so this version is in the first page
// unless there are more than 100 labels.
func (s *Service) Describe(ctx context.Context, id string) (secretmux.Info, error) {
	in := secretsmanager.ListSecretVersionIdsInput{SecretId: &id, MaxResults: aws.Int32(pageSize)}
	for seen := map[string]bool{}; ; {
		out, err := session.Call(ctx, s.Session, func(c *calls) (*secretsmanager.ListSecretVersionIdsOutput, error) {
			return c.ListSecretVersionIds(ctx, &in)
		})
		switch {
		case err != nil:
			return secretmux.Info{}, err
		case !answers(id, out.Name, out.ARN):
			return secretmux.Info{}, corrupt("the answer is not for the secret that was asked for")
		}
		for _, v := range out.Versions {
			if slices.Contains(v.VersionStages, "AWSCURRENT") {
				return secretmux.Info{
					Version: aws.ToString(v.VersionId), VersionCreated: aws.ToTime(v.CreatedDate), LastRead: aws.ToTime(v.LastAccessedDate),
				}, nil
			}
		}
		next := aws.ToString(out.NextToken)
		switch {
		case next == "":
			return secretmux.Info{}, &session.CallError{Class: secretmux.ErrDisabled, Hint: hintNoValue, Cause: errNoCurrent}
		case seen[next]:
			return secretmux.Info{}, corrupt("the answer leads back to a page that was already read")
		}
		seen[next], in.NextToken = true, &next
	}
}
