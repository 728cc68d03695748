//! Refusals of the cluster domain.

use crate::domain::rejection::rejections;

rejections! {
    /// Refusal of the cluster domain.
    cluster
    has {
        /// There is no such host.
        HostNotFound: ClusterHostNotFound = NotFound "cluster.host_not_found" "No such host";
        /// Another host has the name.
        NameTaken: ClusterNameTaken = Conflict "cluster.name_taken" "Another host has this name";
        /// The last host that votes neither leaves nor gives up its vote.
        LastVoter: ClusterLastVoter = Conflict "cluster.last_voter" "The last host that votes has to stay";
        /// Another host joins or leaves just now.
        ChangePending: ClusterChangePending = Conflict "cluster.change_pending" "Another host joins or leaves just now, try again";
    }
    shares {
        /// The actor is neither an operator nor the system.
        OperatorRequired: AuthOperatorRequired;
    }
}
