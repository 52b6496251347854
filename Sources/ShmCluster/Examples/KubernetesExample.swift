/// A Job of Kubernetes that runs the tasks of a plan.
struct KubernetesExample {
    private let plan: FleetPlan

    init(_ plan: FleetPlan) { self.plan = plan }

    /// The label by which pods of all fleets keep apart.
    private static let label = "app.kubernetes.io/name: shmbench"

    /// The manifest, in YAML.
    var text: String {
        let count = plan.tasks.count
        return """
            # Runs the tasks of the fleet \(plan.id), each in a pod that has no other of them on its node.
            #
            # Before: put the fleet folder on a volume that all nodes mount and may write, and name its claim below.
            #     kubectl apply -f kubernetes.yaml
            #     kubectl wait --for=jsonpath='{.status.active}'=0 job/shmbench-\(plan.id)
            # After: bring results/ of the volume back into the fleet folder, and call `shmbench fleet collect` there.
            # Needs Kubernetes 1.29 or later.
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: shmbench-\(plan.id)
              labels:
                \(Self.label)
            spec:
              completions: \(count)
              parallelism: \(count)
              completionMode: Indexed
              # A task that has failed says why in its folder: it is not tried again, and the others go on.
              backoffLimitPerIndex: 0
              maxFailedIndexes: \(count)
              podFailurePolicy:
                rules:
                  # A pod that the cluster takes away is no failure: its task begins anew.
                  - action: Ignore
                    onPodConditions:
                      - type: DisruptionTarget
                        status: "True"
              template:
                metadata:
                  labels:
                    \(Self.label)
                spec:
                  restartPolicy: Never
                  activeDeadlineSeconds: \(plan.timeLimit)
                  # Rows have the node's name only if the pod has it too.
                  hostNetwork: true
                  dnsPolicy: ClusterFirstWithHostNet
                  affinity:
                    podAntiAffinity:
                      requiredDuringSchedulingIgnoredDuringExecution:
                        - topologyKey: kubernetes.io/hostname
                          labelSelector:
                            matchLabels:
                              \(Self.label)
                  containers:
                    - name: task
                      # Any image with a POSIX shell: the folder has the programs.
                      image: debian:stable-slim
                      command:
                        - sh
                        - -c
                        - exec /fleet/task "$(sed -n "$((JOB_COMPLETION_INDEX + 1))p" /fleet/\(ExampleFiles.names))"
                      # Requests that equal limits, with whole CPUs, keep other pods off them. Give as many as a node can
                      # spare: workers beyond the limit are slowed down, and measured so.
                      resources:
                        requests:
                          cpu: "2"
                          memory: 1Gi
                        limits:
                          cpu: "2"
                          memory: 1Gi
                      volumeMounts:
                        - name: fleet
                          mountPath: /fleet
                        - name: shared-memory
                          mountPath: /dev/shm
                  volumes:
                    # Where all nodes have the folder at one path, a hostPath does as well:
                    #   hostPath: {path: /srv/fleet, type: Directory}
                    - name: fleet
                      persistentVolumeClaim:
                        claimName: fleet
                    - name: shared-memory
                      emptyDir:
                        medium: Memory
                        sizeLimit: 512Mi

            """
    }
}
