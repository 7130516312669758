package push

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// trailDetail is the needed part of an event of CloudTrail about a call or a rotation.
// The place of the secret's id depends on the event, and its upper and lower case on
// the year.
type trailDetail struct {
	EventSource, EventName, ErrorCode string
	AdditionalEventData               struct{ SecretID string }
	ServiceEventDetails               struct{ SecretID string }
	RequestParameters                 struct {
		SecretID        string
		VersionStage    string
		VersionStages   []string
		MoveToVersionID string
	}
	ResponseElements struct{ VersionID string }
}

// trail reads the older events, for accounts whose rules were written before Secrets
// Manager sent its own.
func (e *awsEvent) trail() ([]Notice, error) {
	var d trailDetail
	if json.Unmarshal(e.Detail, &d) != nil {
		return nil, malformed("the event of CloudTrail has an unknown shape")
	}
	version, relevant := d.change()
	if d.EventSource != "secretsmanager.amazonaws.com" || d.ErrorCode != "" || !relevant {
		return nil, nil
	}
	id := cmp.Or(d.AdditionalEventData.SecretID, d.ServiceEventDetails.SecretID, d.RequestParameters.SecretID)
	if id == "" {
		return nil, malformed("the event of CloudTrail does not name a secret")
	}
	if name, ok := nameInARN(id); ok {
		return e.notices(name, version, id)
	}
	return e.notices(id, version, "")
}

// change reports whether the event is about the current version. It returns that
// version if the event has it. A PutSecretValue of a rotation stages AWSPENDING, so
// nothing has changed yet.
func (d *trailDetail) change() (version string, relevant bool) {
	r := &d.RequestParameters
	switch d.EventName {
	case "RotationSucceeded", "UpdateSecret", "DeleteSecret", "RestoreSecret":
		return "", true
	case "PutSecretValue":
		return d.ResponseElements.VersionID, len(r.VersionStages) == 0 || slices.Contains(r.VersionStages, "AWSCURRENT")
	case "UpdateSecretVersionStage":
		return r.MoveToVersionID, r.VersionStage == "AWSCURRENT"
	}
	return "", false
}

// nameInARN is the secret's name in its ARN, which ends in "-" and six characters that
// are not part of it.
func nameInARN(arn string) (name string, ok bool) {
	_, name, ok = strings.Cut(arn, ":secret:")
	if !ok || !strings.HasPrefix(arn, "arn:") {
		return "", false
	}
	if i := len(name) - 7; i > 0 && name[i] == '-' {
		name = name[:i]
	}
	return name, true
}
