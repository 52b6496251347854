internal import Glibc

extension Fault {
    /// Any process dies at any time.
    public static let killRandom = Fault(
        name: "kill-random", title: "random",
        summary: "a random process is killed, wherever it is",
        aim: .death, needs: [.survivesOwnerDeath, .survivesWaiterDeath],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            usleep(.random(in: 0...300, using: &play.generator))
            guard let target = scene.contending.randomElement(using: &play.generator) else {
                return Episode(wasIdle: true)
            }
            return try play.kill([target], scene)
        })
}
